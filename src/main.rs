//! The `fareway` program: parses the command line, puts the rooms together, sets the exit code.

fn main() -> std::process::ExitCode {
    fareway::cli::main()
}
