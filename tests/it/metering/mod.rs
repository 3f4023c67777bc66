mod budget;
mod cost;
mod count;
mod live;
