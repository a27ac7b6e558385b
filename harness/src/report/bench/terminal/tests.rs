use super::super::example;
use super::*;

fn look(width: Option<usize>) -> Look {
    Look {
        width,
        ascii: width.is_none(),
        colour: false,
        all: false,
    }
}

fn repro() -> Repro {
    Repro("cargo xtask bench --compare baseline".to_owned())
}

#[test]
fn show() {
    let (report, _) = example::report();
    for (width, all) in [(Some(80), false), (Some(120), true), (None, false)] {
        let look = Look { all, ..look(width) };
        println!(
            "{}\n=======",
            text(&report, Exit::Unexpected, &repro(), &look)
        );
    }
}
