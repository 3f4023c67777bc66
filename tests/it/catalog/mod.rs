mod browse;
mod snapshot;
mod table;
