//! Programs as cases: every way in which one can go wrong is found, within its
//! deadline, costs no other, and leaves nothing behind.
//!
//! This program is its own runtime: started with `--guest`, it does what the
//! file it is given says.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod guest;
mod operations;
mod outcomes;
mod support;
mod surroundings;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use support::{Programs, ends_soon, passed, verdict, went_wrong, within};
use tensor_wasm_harness::model::{Exit, ProblemKind};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("--guest") => return guest::main(),
        Some("--version") => {
            print_version();
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let tests: &[(&str, fn())] = &[
        (
            "a_program_is_run_and_its_exit_code_compared",
            operations::exit_codes,
        ),
        ("outputs_are_compared_to_their_ends", operations::outputs),
        (
            "arguments_and_environment_are_those_of_the_case_only",
            operations::environment,
        ),
        (
            "a_silent_program_times_out_at_each_operation",
            operations::silent,
        ),
        ("what_a_program_reads_is_written_to_it", operations::stdin),
        (
            "a_connection_is_made_used_and_compared_to_its_end",
            operations::connections,
        ),
        (
            "an_address_that_is_none_is_a_clear_failure",
            operations::addresses,
        ),
        ("a_service_answers_and_is_interrupted", operations::service),
        (
            "a_service_that_does_not_serve_is_a_clear_failure",
            operations::bad_services,
        ),
        (
            "signals_reach_the_program_and_its_end_is_told",
            operations::signals,
        ),
        ("servers_answer_as_described", surroundings::servers),
        (
            "a_server_that_is_never_called_is_a_failure",
            surroundings::uncalled,
        ),
        ("roots_are_private_and_go_away", surroundings::roots),
        (
            "what_a_program_starts_does_not_outlive_it",
            surroundings::children,
        ),
        ("a_stopped_run_leaves_nothing_behind", surroundings::stopped),
        (
            "too_much_output_and_memory_are_stopped",
            surroundings::too_much,
        ),
        ("a_program_runs_twice_if_the_case_says_so", outcomes::twice),
        (
            "a_malformed_description_costs_its_own_case",
            outcomes::malformed,
        ),
        (
            "what_a_runtime_lacks_is_skipped_with_a_reason",
            outcomes::lacking,
        ),
        (
            "expectations_cover_programs_and_their_messages",
            outcomes::expectations,
        ),
        (
            "an_expectation_does_not_cover_a_malformed_description",
            outcomes::strict_expectations,
        ),
        ("programs_run_side_by_side", surroundings::side_by_side),
        ("reports_have_what_the_program_wrote", outcomes::reports),
        (
            "a_runtime_that_is_missing_ends_the_run",
            outcomes::missing_runtime,
        ),
    ];
    let trials = tests
        .iter()
        .map(|(name, test)| {
            Trial::test(*name, move || {
                test();
                Ok(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

#[expect(clippy::print_stdout, reason = "it is what a runtime does")]
fn print_version() {
    println!("fake 1.2.3");
}

fn operations(operations: &str) -> String {
    format!(r#"{{"operations": [{{"type": "run"}}, {operations}]}}"#)
}
