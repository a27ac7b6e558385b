//! The command line of a runtime, made from its template.

use std::collections::BTreeMap;
use std::path::Path;

use crate::model::{CommandLine, Settings, Start, WasiProgram};

/// What a program is started with.
pub(super) struct Call<'a> {
    pub(super) program: &'a WasiProgram,
    pub(super) start: &'a Start,
    /// Its environment, the addresses of servers included.
    pub(super) env: &'a BTreeMap<String, String>,
    /// The private copy of its root.
    pub(super) root: Option<&'a Path>,
    pub(super) file: &'a Path,
    pub(super) settings: &'a Settings,
    pub(super) code_cache: Option<&'a Path>,
}

/// The words after the runtime's own name; `None` if it has no line for the
/// program's world.
pub(super) fn words(line: &CommandLine, call: &Call<'_>) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for word in line.worlds.get(&call.program.world)? {
        match word.as_str() {
            "{flags}" => {
                let flags = line.flags.iter().filter(|flags| {
                    let when = &flags.when;
                    when.version.is_none_or(|is| is == call.program.version)
                        && when.world.is_none_or(|is| is == call.program.world)
                        && when
                            .proposal
                            .is_none_or(|has| call.program.proposals.contains(&has))
                });
                words.extend(flags.flat_map(|flags| flags.words.iter().cloned()));
            }
            "{settings}" => {
                for (key, value) in call.settings {
                    let fill = |word: &String| fill(word, &[("{key}", key), ("{value}", value)]);
                    words.extend(line.setting.iter().map(fill));
                }
            }
            "{env}" => {
                for (name, value) in call.env {
                    let fill = |word: &String| fill(word, &[("{name}", name), ("{value}", value)]);
                    words.extend(line.env.iter().map(fill));
                }
            }
            "{root}" => {
                if let Some(root) = call.root {
                    let root = root.display().to_string();
                    words.extend(
                        line.root
                            .iter()
                            .map(|word| fill(word, &[("{root}", &root)])),
                    );
                }
            }
            "{cache}" => {
                if let Some(folder) = call.code_cache {
                    let folder = folder.display().to_string();
                    let fill = |word: &String| fill(word, &[("{folder}", &folder)]);
                    words.extend(line.code_cache.iter().map(fill));
                }
            }
            "{args}" => words.extend(call.start.args.iter().cloned()),
            word => words.push(fill(word, &[("{file}", &call.file.display().to_string())])),
        }
    }
    Some(words)
}

/// Replaces placeholders, each text once, so that a value that looks like a
/// placeholder stays what it is.
fn fill(word: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = word;
    let next = |rest: &str| {
        let places = values.iter().filter_map(|(name, value)| {
            rest.find(name)
                .map(|place| (place, name.len(), (*value).to_owned()))
        });
        places.min_by_key(|(place, ..)| *place)
    };
    while let Some((place, length, value)) = next(rest) {
        out.push_str(&rest[..place]);
        out.push_str(&value);
        rest = &rest[place + length..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::{Flags, FlagsWhen, WasiProposal, WasiVersion, World};

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn line() -> CommandLine {
        let flags = |when, words: &[&str]| Flags {
            when,
            words: strings(words),
        };
        let command = [
            "{settings}",
            "{cache}",
            "{flags}",
            "{env}",
            "{root}",
            "--",
            "{file}",
            "{args}",
        ];
        CommandLine {
            worlds: BTreeMap::from([(World::Command, strings(&command))]),
            env: strings(&["--env", "{name}={value}"]),
            root: strings(&["--dir", "{root}::/"]),
            setting: strings(&["--config={key}={value}"]),
            code_cache: strings(&["--cache={folder}"]),
            flags: vec![
                flags(
                    FlagsWhen {
                        version: Some(WasiVersion::Preview3),
                        ..FlagsWhen::default()
                    },
                    &["-p3"],
                ),
                flags(
                    FlagsWhen {
                        version: Some(WasiVersion::Preview3),
                        proposal: Some(WasiProposal::Sockets),
                        ..FlagsWhen::default()
                    },
                    &["-net"],
                ),
            ],
        }
    }

    fn program(version: WasiVersion, proposals: &[WasiProposal]) -> WasiProgram {
        WasiProgram {
            suite: String::new(),
            version,
            world: World::Command,
            proposals: proposals.iter().copied().collect::<BTreeSet<_>>(),
            servers: Vec::new(),
            operations: Vec::new(),
        }
    }

    fn filled(program: &WasiProgram, args: &[&str], env: &[(&str, &str)], root: bool) -> String {
        let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let call = Call {
            program,
            start: &Start {
                args: strings(args),
                ..Start::default()
            },
            env: &env.collect(),
            root: root.then_some(Path::new("/tmp/root")),
            file: Path::new("/x.wasm"),
            settings: &Settings::from([("compiler".to_owned(), "winch".to_owned())]),
            code_cache: root.then_some(Path::new("/tmp/code")),
        };
        words(&line(), &call).unwrap().join(" ")
    }

    #[test]
    fn the_template_is_filled() {
        let all = [WasiProposal::Http, WasiProposal::Sockets];
        assert_eq!(
            filled(
                &program(WasiVersion::Preview3, &all),
                &["a", "b"],
                &[("k", "v")],
                true
            ),
            "--config=compiler=winch --cache=/tmp/code -p3 -net --env k=v --dir /tmp/root::/ -- /x.wasm a b"
        );
    }

    #[test]
    fn flags_are_for_those_who_need_them() {
        assert_eq!(
            filled(
                &program(WasiVersion::Preview1, &[WasiProposal::Sockets]),
                &[],
                &[],
                false
            ),
            "--config=compiler=winch -- /x.wasm"
        );
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_stays() {
        let env = [("name", "{value} {name} {file}")];
        assert_eq!(
            filled(
                &program(WasiVersion::Preview1, &[]),
                &["{args}", "{file}"],
                &env,
                false
            ),
            "--config=compiler=winch --env name={value} {name} {file} -- /x.wasm {args} {file}"
        );
    }

    #[test]
    fn a_world_without_a_line_has_no_words() {
        let mut program = program(WasiVersion::Preview3, &[]);
        program.world = World::Service;
        let call = Call {
            program: &program,
            start: &Start::default(),
            env: &BTreeMap::new(),
            root: None,
            file: Path::new("/x.wasm"),
            settings: &Settings::new(),
            code_cache: None,
        };
        assert!(words(&line(), &call).is_none());
    }
}
