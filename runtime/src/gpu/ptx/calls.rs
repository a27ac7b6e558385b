//! How a call is written, and how a function begins that is called so.

use std::fmt::Write as _;

use super::{Signature, bits};

/// A register and its type, as `b32`.
pub(super) type Typed = (&'static str, String);

/// The type of a call's results together: 8 bytes each.
pub(super) fn results_of(count: usize) -> String {
    format!(".param .align 8 .b8 result[{}]", 8 * count)
}

/// Writes a call with the arguments' registers, and what puts its results into
/// theirs.
pub(super) fn call(text: &mut String, function: &str, arguments: &[Typed], results: &[Typed]) {
    text.push_str("    {\n");
    let mut names = Vec::new();
    for (number, (ty, register)) in arguments.iter().enumerate() {
        let _ = write!(
            text,
            "        .param .{ty} p{number};\n        st.param.{ty} [p{number}], {register};\n"
        );
        names.push(format!("p{number}"));
    }
    let names = names.join(", ");
    // A call without parameters has no parentheses.
    let names = if names.is_empty() {
        String::new()
    } else {
        format!(", ({names})")
    };
    if results.is_empty() {
        let _ = writeln!(text, "        call {function}{names};");
    } else {
        let bytes = 8 * results.len();
        let _ = write!(
            text,
            "        .param .align 8 .b8 given[{bytes}];\n        call (given), {function}{names};\n"
        );
    }
    for (number, (ty, register)) in results.iter().enumerate() {
        let place = 8 * number;
        let _ = writeln!(text, "        ld.param.{ty} {register}, [given+{place}];");
    }
    text.push_str("    }\n");
}

/// What every function is called with: the memory, the thread's context, the stack
/// that is in use.
pub(super) fn own() -> Vec<Typed> {
    let longs = ["%base", "%size", "%context"].map(|register| ("b64", register.to_owned()));
    let mut own = longs.to_vec();
    own.push(("b32", "%depth".to_owned()));
    own
}

/// The call that ends a thread whose context and site are in `%context` and `%site`.
pub(super) fn trap(text: &mut String) {
    let arguments = [("b64", "%context".to_owned()), ("b32", "%site".to_owned())];
    call(text, "trap", &arguments, &[]);
    text.push_str("    exit;\n");
}

/// The first line of a function that is called with [`own`], these parameters
/// more, and a signature's.
pub(super) fn head(name: &str, more: &str, signature: &Signature) -> String {
    let mut line = ".func ".to_owned();
    if !signature.results.is_empty() {
        let _ = write!(line, "({}) ", results_of(signature.results.len()));
    }
    let _ = write!(
        line,
        "{name} (.param .b64 base, .param .b64 size, .param .b64 context, .param .b32 depth{more}"
    );
    for (number, ty) in signature.params.iter().enumerate() {
        let _ = write!(line, ", .param .{} a{number}", bits(*ty));
    }
    line.push(')');
    line
}
