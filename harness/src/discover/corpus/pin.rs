//! Reads the pin of a git corpus: `[source.git]` in `suite.toml`. Nothing that
//! git or the file system could take for something else gets through.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::model::{GitPin, InputError};

/// `[source.git]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::discover) struct GitTable {
    /// The address of the repository.
    repository: Spanned<String>,
    /// The branch that the commit is on, for servers that give no bare commit.
    branch: Spanned<String>,
    /// The commit.
    commit: Spanned<String>,
    /// The SHA-256 of the files below `folders`.
    sha256: Spanned<String>,
    /// The folders that are used.
    folders: Vec<Spanned<String>>,
}

impl GitTable {
    /// The pin, if every value is safe to hand to git and to the file system.
    pub(in crate::discover) fn read(&self, file: &Path, text: &str) -> Result<GitPin, InputError> {
        let at = |value: &Spanned<String>, message: String| {
            InputError::at(file, text, value.span().start, message)
        };
        let check = |value: &Spanned<String>, problem: Option<String>| match problem {
            None => Ok(value.get_ref().clone()),
            Some(problem) => Err(at(value, problem)),
        };
        let folders = self
            .folders
            .iter()
            .map(|folder| check(folder, folder_problem(folder.get_ref())))
            .collect::<Result<Vec<_>, _>>()?;
        if folders.is_empty() {
            return Err(at(
                &self.repository,
                "`folders` names no folder; `\".\"` is the whole repository".to_owned(),
            ));
        }
        for (number, folder) in self.folders.iter().enumerate() {
            let inside = |other: &String| {
                let (inner, outer) = (folder.get_ref(), other);
                outer == "." || inner == outer || inner.starts_with(&format!("{outer}/"))
            };
            let twice = folders.iter().enumerate();
            if let Some((_, other)) = twice
                .filter(|(index, _)| *index != number)
                .find(|(_, other)| inside(other))
            {
                return Err(at(
                    folder,
                    format!("lies in `{other}`, which `folders` has already"),
                ));
            }
        }
        Ok(GitPin {
            repository: check(
                &self.repository,
                repository_problem(self.repository.get_ref()),
            )?,
            branch: check(&self.branch, branch_problem(self.branch.get_ref()))?,
            commit: check(&self.commit, hex_problem(self.commit.get_ref(), 40))?,
            sha256: check(&self.sha256, hex_problem(self.sha256.get_ref(), 64))?,
            folders,
        })
    }
}

/// Why this is no address that a corpus may be fetched from. Git takes much
/// else for an address: options, programs, other hosts' shells.
pub(in crate::discover) fn repository_problem(address: &str) -> Option<String> {
    let wanted = "expected https://HOST/PATH, file:///PATH or an absolute path";
    if address.len() > 1000 || address.chars().any(|c| c.is_control() || c == ' ') {
        return Some(format!(
            "an address with blanks or control characters, or too long; {wanted}"
        ));
    }
    if let Some(rest) = address.strip_prefix("https://") {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.contains('@') {
            return Some(
                "an address with a user name or password in it; \
                 leave them to git's credential helpers"
                    .to_owned(),
            );
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        let is_host = !host.is_empty() && !host.starts_with('-') && host.chars().all(plain);
        return (!is_host).then(|| format!("`{address}` names no host; {wanted}"));
    }
    let path = address.strip_prefix("file://").unwrap_or(address);
    let absolute = Path::new(path).is_absolute();
    (!absolute).then(|| format!("`{address}` is no address for a corpus; {wanted}"))
}

/// Why this is no name of a branch.
fn branch_problem(name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let fits = !name.is_empty()
        && name.len() <= 200
        && name.chars().all(plain)
        && !name.starts_with('-')
        && !name.contains("..")
        && name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.ends_with('.')
                && !part.ends_with(".lock")
        });
    (!fits).then(|| format!("`{name}` is no name of a branch, such as `main`"))
}

/// Why this is not so many hexadecimal digits.
fn hex_problem(text: &str, digits: usize) -> Option<String> {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fits = text.len() == digits && text.bytes().all(hex);
    (!fits).then(|| format!("expected {digits} hexadecimal digits in lower case"))
}

/// Why this is no folder inside a repository.
fn folder_problem(folder: &str) -> Option<String> {
    if folder == "." {
        return None;
    }
    let fits = folder.len() <= 500
        && !folder.contains('\\')
        && !folder.contains(':')
        && !folder.chars().any(char::is_control)
        && folder.split('/').all(|part| {
            !part.is_empty()
                && !matches!(part, "." | "..")
                && !part.starts_with('-')
                && !part.eq_ignore_ascii_case(".git")
        });
    (!fits).then(|| {
        format!("`{folder}` is no folder of a repository; expected a relative path such as `tests`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_git_would_take_for_more_are_refused() {
        for good in [
            "https://example.org/a.git",
            "https://example.org:8443/a",
            "https://[::1]/a",
            "file:///srv/a.git",
            "/srv/a b".replace(' ', "-").as_str(),
        ] {
            assert_eq!(repository_problem(good), None, "{good}");
        }
        for bad in [
            "",
            "--upload-pack=touch /tmp/x",
            "-u",
            "ext::sh -c true",
            "ssh://example.org/a",
            "git@example.org:a.git",
            "http://example.org/a",
            "git://example.org/a",
            "../a",
            "file://a",
            "https://",
            "https:///a",
            "https://-x/a",
            "https://me:secret@example.org/a",
            "https://example.org/a\nb",
        ] {
            assert!(repository_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn branches_commits_and_folders_are_plain() {
        for good in ["main", "prod/testsuite-base", "v1.0"] {
            assert_eq!(branch_problem(good), None, "{good}");
        }
        for bad in [
            "", "-x", "a..b", "a//b", "/a", "a.lock", "a b", "a:b", "a^", ".a",
        ] {
            assert!(branch_problem(bad).is_some(), "{bad}");
        }
        assert_eq!(hex_problem(&"a0".repeat(20), 40), None);
        for bad in ["", "HEAD", &"A0".repeat(20), &"a0".repeat(21)] {
            assert!(hex_problem(bad, 40).is_some(), "{bad}");
        }
        for good in [".", "tests", "tests/rust/testsuite"] {
            assert_eq!(folder_problem(good), None, "{good}");
        }
        for bad in [
            "", "/etc", "../x", "a/../b", "a//b", "a/.git", "-a", "a\\b", "c:a", "./a",
        ] {
            assert!(folder_problem(bad).is_some(), "{bad}");
        }
    }

    fn read(folders: &str) -> Result<GitPin, InputError> {
        let text = format!(
            "repository = \"/srv/a\"\nbranch = \"main\"\ncommit = \"{}\"\n\
             sha256 = \"{}\"\nfolders = [{folders}]\n",
            "a".repeat(40),
            "b".repeat(64)
        );
        let table: GitTable = toml::from_str(&text).unwrap();
        table.read(Path::new("suite.toml"), &text)
    }

    #[test]
    fn folders_do_not_overlap_and_errors_have_a_place() {
        assert_eq!(read("\"a\", \"ab\"").unwrap().folders, ["a", "ab"]);
        for bad in [
            "\"a\", \"a/b\"",
            "\"a/b\", \"a\"",
            "\"a\", \"a\"",
            "\".\", \"a\"",
        ] {
            let error = read(bad).unwrap_err().to_string();
            assert!(error.starts_with("suite.toml:5:"), "{error}");
        }
        assert!(
            read("")
                .unwrap_err()
                .to_string()
                .contains("names no folder")
        );
        assert!(read("\"../a\"").unwrap_err().to_string().contains("../a"));
    }
}
