mod browse;
mod table;
