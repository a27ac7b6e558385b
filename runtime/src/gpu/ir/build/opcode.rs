//! Instructions by the names that the text format has for them.

use wasmparser::{FunctionBody, Operator, Parser, Payload, TypeRef};

/// What a name begins with that has a dot behind it.
const BEFORE_A_DOT: [&str; 25] = [
    "any", "array", "atomic", "cont", "data", "elem", "extern", "f32", "f32x4", "f64", "f64x2",
    "global", "i16x8", "i31", "i32", "i32x4", "i64", "i64x2", "i8x16", "local", "memory", "ref",
    "struct", "table", "v128",
];

/// The name of an instruction, as `i32.const`.
pub(super) fn name(operator: &Operator<'_>) -> String {
    macro_rules! method {
        ($(@$proposal:ident $op:ident $({ $($argument:ident: $ty:ty),* })? => $visit:ident ($($annotation:tt)*))*) => {
            match operator {
                $(Operator::$op { .. } => stringify!($visit),)*
                _ => "",
            }
        };
    }
    spelled(wasmparser::for_each_operator!(method))
}

/// A name by that of the method that visits the instruction, as `visit_i32_const`.
pub(super) fn spelled(method: &str) -> String {
    let method = method.strip_prefix("visit_").unwrap_or(method);
    // In the text they differ by their types alone.
    match method {
        "typed_select" | "typed_select_multi" => return "select".to_owned(),
        "ref_test_non_null" | "ref_test_nullable" => return "ref.test".to_owned(),
        "ref_cast_non_null" | "ref_cast_nullable" => return "ref.cast".to_owned(),
        "ref_cast_desc_eq_non_null" | "ref_cast_desc_eq_nullable" => {
            return "ref.cast_desc_eq".to_owned();
        }
        _ => {}
    }
    match method.split_once('_') {
        Some((first, rest)) if BEFORE_A_DOT.contains(&first) => {
            let rest = match rest.strip_prefix("atomic_") {
                // As `rmw8.add_u`.
                Some(rest) if rest.starts_with("rmw") => {
                    format!("atomic.{}", rest.replacen('_', ".", 1))
                }
                Some(rest) => format!("atomic.{rest}"),
                None => rest.to_owned(),
            };
            format!("{first}.{rest}")
        }
        _ => method.to_owned(),
    }
}

/// The function that an offset of a module lies in, and its instruction there.
pub(super) fn at(wasm: &[u8], offset: usize) -> Option<(u32, Option<String>)> {
    let mut function = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        // What comes behind it need not be valid.
        match payload.ok()? {
            Payload::ImportSection(imports) => {
                let imports = imports.into_imports().flatten();
                let functions =
                    imports.filter(|it| matches!(it.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                function += u32::try_from(functions.count()).ok()?;
            }
            Payload::CodeSectionEntry(body) => {
                if body.range().contains(&offset) {
                    return Some((function, instruction(&body, offset)));
                }
                function += 1;
            }
            _ => {}
        }
    }
    None
}

fn instruction(body: &FunctionBody<'_>, offset: usize) -> Option<String> {
    let mut operators = body.get_operators_reader().ok()?;
    while !operators.eof() {
        let start = operators.original_position();
        let operator = operators.read().ok()?;
        if (start..operators.original_position()).contains(&offset) {
            return Some(name(&operator));
        }
    }
    None
}
