mod browse;
mod lists;
mod snapshot;
mod table;
