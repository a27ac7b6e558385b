//! Checks of the documentation: links lead somewhere, commands parse, files
//! that are named exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::CommandFactory as _;

use crate::build;

/// Checks every Markdown file of the repository.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let mut files = Vec::new();
    let here = if root == Path::new("") {
        Path::new(".")
    } else {
        root
    };
    markdown(here, &mut files)?;
    files.sort();
    let mut problems = Vec::new();
    let (mut links, mut commands) = (0, 0);
    for file in &files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        for (line, target) in link_targets(&text) {
            links += 1;
            if let Err(problem) = check_link(file, &target) {
                problems.push(format!("{}:{line}: {problem}", file.display()));
            }
        }
        for (line, command) in xtask_commands(&text) {
            commands += 1;
            if let Err(problem) = check_command(&command) {
                problems.push(format!("{}:{line}: `{command}`: {problem}", file.display()));
            }
        }
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    if links == 0 || commands == 0 {
        bail!("no link or no command was found: the check is broken");
    }
    build::say(&format!(
        "{} files, {links} links, {commands} commands",
        files.len()
    ));
    Ok(())
}

fn markdown(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name == "target" || name.starts_with(".git") && name != ".github" {
            continue;
        }
        if path.is_dir() {
            markdown(&path, files)?;
        } else if name.ends_with(".md") {
            files.push(path);
        }
    }
    Ok(())
}

/// The targets of `[text](target)` outside code, with their lines.
fn link_targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // What stands between backticks is code too.
        let prose: Vec<_> = line.split('`').step_by(2).collect();
        let prose = prose.join("`");
        let mut rest = prose.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let Some((target, after)) = after.split_once(')') else {
                break;
            };
            found.push((number + 1, target.to_owned()));
            rest = after;
        }
    }
    found
}

fn check_link(file: &Path, target: &str) -> Result<(), String> {
    if target.starts_with("http://") || target.starts_with("https://") {
        return Ok(());
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = file.parent().unwrap_or(Path::new("."));
    let linked = if path.is_empty() {
        file.to_owned()
    } else {
        folder.join(path)
    };
    if !linked.exists() {
        return Err(format!("the link to `{target}` leads nowhere"));
    }
    if anchor.is_empty() {
        return Ok(());
    }
    let text = std::fs::read_to_string(&linked).map_err(|error| error.to_string())?;
    if anchors(&text).contains(anchor) {
        Ok(())
    } else {
        Err(format!("`{path}` has no heading `#{anchor}`"))
    }
}

/// The anchors of a file's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut in_code = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if in_code || !line.starts_with('#') {
            continue;
        }
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let anchor = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c });
        anchors.insert(anchor.collect());
    }
    anchors
}

/// `cargo xtask …` lines of shell blocks, with their lines.
fn xtask_commands(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_shell = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_shell = !in_shell && line.trim_start().starts_with("```sh");
            continue;
        }
        let command = line.trim().trim_start_matches("$ ");
        if in_shell && command.starts_with("cargo xtask") {
            let command = command.split(" #").next().unwrap_or_default();
            found.push((number + 1, command.trim().to_owned()));
        }
    }
    found
}

/// Whether the command line is one this program takes.
fn check_command(command: &str) -> Result<(), String> {
    let mut words = Vec::new();
    for word in command.trim_end_matches('\\').split_whitespace().skip(2) {
        if matches!(word, "|" | ">" | "&&" | "||" | ";") {
            break;
        }
        let bare = word.trim_matches(['\'', '"']);
        words.push(bare.trim_end_matches("/…").to_owned());
    }
    let parsed = crate::Arguments::command()
        .no_binary_name(true)
        .try_get_matches_from(words);
    match parsed {
        Ok(_) => Ok(()),
        Err(error) if !error.use_stderr() => Ok(()),
        Err(error) => {
            let text = error.to_string();
            Err(text.lines().next().unwrap_or_default().to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_anchors_are_found() {
        let text = "# A title: with `code`\nsee [this](b.md#x) and [that](c.md)\n```\n[no](d)\n```\n`[no](e)`";
        let targets: Vec<_> = link_targets(text)
            .into_iter()
            .map(|(_, target)| target)
            .collect();
        assert_eq!(targets, ["b.md#x", "c.md"]);
        assert!(anchors(text).contains("a-title-with-code"));
    }

    #[test]
    fn a_flag_that_does_not_exist_is_found() {
        assert!(check_command("cargo xtask conformance spec --jobs 2").is_ok());
        assert!(check_command("cargo xtask conformance --help").is_ok());
        assert!(check_command("cargo xtask conformance spec --job 2").is_err());
        assert!(check_command("cargo xtask conform").is_err());
    }

    #[test]
    fn only_shell_blocks_hold_commands() {
        let text = "```text\ncargo xtask no\n```\n```sh\ncargo xtask test # why\nls\n```\n";
        assert_eq!(xtask_commands(text), [(5, "cargo xtask test".to_owned())]);
    }
}
