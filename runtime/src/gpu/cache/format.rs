//! A file of the cache: a header of lines, then PTX.
//!
//! ```text
//! tensor-wasm kernels 2
//! CRC-32 of all that follows, which finds damage and not intent
//! the key that the file is for
//! stats: eight numbers
//! sites: how many, and below them each one's code, function and offset
//! PTX
//! ```

use std::fmt::Write as _;

use super::Key;
use crate::TrapCode;
use crate::gpu::ir::Module;
use crate::gpu::ptx::{Compiled, Site, Stats};

const MAGIC: &str = "tensor-wasm kernels 2";

/// What a file has.
#[derive(Debug)]
pub(super) struct Stored {
    text: String,
    sites: Vec<Site>,
    stats: Stats,
}

impl Stored {
    /// As it was when it was written.
    pub(super) fn compiled(self, module: &Module) -> Compiled {
        Compiled::again(module, self.text, self.sites, self.stats)
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// In a fifth of the time that a cryptographic hash takes, and a file is read for
/// each kernel that a process launches first.
fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

/// The contents of a file.
pub(super) fn write(key: &Key, compiled: &Compiled) -> String {
    let stats = numbers(&compiled.stats).map(|number| number.to_string());
    let mut rest = format!(
        "{}\nstats {}\nsites {}\n",
        hex(key),
        stats.join(" "),
        compiled.sites.len()
    );
    for site in &compiled.sites {
        let code = TrapCode::ALL.iter().position(|code| *code == site.code);
        let code = code.unwrap_or(usize::MAX);
        let _ = writeln!(rest, "{code} {} {}", site.function, site.offset);
    }
    rest.push_str(&compiled.text);
    format!("{MAGIC}\n{}\n{rest}", checksum(&rest))
}

/// What the contents of a file say; none if they are not those that were written for
/// this key.
pub(super) fn read(key: &Key, contents: &str) -> Option<Stored> {
    let rest = contents.strip_prefix(MAGIC)?.strip_prefix('\n')?;
    let (written, rest) = rest.split_once('\n')?;
    if written != checksum(rest) {
        return None;
    }
    let (known, rest) = rest.split_once('\n')?;
    if known != hex(key) {
        return None;
    }
    let (stats, rest) = rest.strip_prefix("stats ")?.split_once('\n')?;
    let mut stats = stats.split(' ').map(str::parse);
    let mut next = || stats.next()?.ok();
    let stats = Stats {
        bounds: next()?,
        merged_bounds: next()?,
        known_bounds: next()?,
        alignments: next()?,
        known_alignments: next()?,
        merged_loads: next()?,
        versions: next()?,
        canonical: next()?,
        unseen: next()?,
    };
    let (count, mut rest) = rest.strip_prefix("sites ")?.split_once('\n')?;
    let mut sites = Vec::new();
    for _ in 0..count.parse::<usize>().ok()? {
        let (line, after) = rest.split_once('\n')?;
        rest = after;
        let mut numbers = line.split(' ').map(str::parse::<u32>);
        let mut next = || numbers.next()?.ok();
        sites.push(Site {
            code: *TrapCode::ALL.get(next()? as usize)?,
            function: next()?,
            offset: next()?,
        });
    }
    Some(Stored {
        text: rest.to_owned(),
        sites,
        stats,
    })
}

fn numbers(stats: &Stats) -> [usize; 9] {
    [
        stats.bounds,
        stats.merged_bounds,
        stats.known_bounds,
        stats.alignments,
        stats.known_alignments,
        stats.merged_loads,
        stats.versions,
        stats.canonical,
        stats.unseen,
    ]
}
