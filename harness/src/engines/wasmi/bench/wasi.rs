//! As much of WASI preview 1 as programs of the corpus use: they read a file,
//! and write to their standard streams. What is not here answers `ENOSYS`.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path, PathBuf};

use wasmi::{Caller, Error, ExternType, Linker, Module, Val};

use crate::engine::bench::{LONGEST_OUTPUT, Surroundings};
use crate::model::{Failure, FailureKind};

const WASI: &str = "wasi_snapshot_preview1";

/// Numbers of errors, as preview 1 has them.
mod errno {
    pub(super) const SUCCESS: i32 = 0;
    pub(super) const BADF: i32 = 8;
    pub(super) const FAULT: i32 = 21;
    pub(super) const FBIG: i32 = 22;
    pub(super) const INVAL: i32 = 28;
    pub(super) const IO: i32 = 29;
    pub(super) const NOENT: i32 = 44;
    pub(super) const NOSYS: i32 = 52;
    pub(super) const NOTCAPABLE: i32 = 76;
}

/// The descriptor of the folder, and the first one of a file.
const FOLDER: i32 = 3;
const FIRST_FILE: i32 = 4;

/// Files a guest may have opened.
const MOST_FILES: usize = 64;

/// What stands behind a program's imports.
#[derive(Default)]
pub(super) struct Guest {
    folder: PathBuf,
    arguments: Vec<String>,
    environment: Vec<String>,
    files: Vec<Option<File>>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

impl Guest {
    pub(super) fn new(surroundings: &Surroundings) -> Result<Guest, Failure> {
        let folder = surroundings.folder.canonicalize().map_err(|error| {
            let folder = surroundings.folder.display();
            let message = format!("cannot open directory {folder}: {error}");
            Failure::new(FailureKind::Other, message)
        })?;
        let variables = surroundings.environment.iter();
        Ok(Guest {
            folder,
            arguments: vec!["program".to_owned()],
            environment: variables
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
            ..Guest::default()
        })
    }

    fn file(&mut self, descriptor: i32) -> Result<&mut File, i32> {
        let place = usize::try_from(descriptor - FIRST_FILE).map_err(|_| errno::BADF)?;
        let file = self.files.get_mut(place).and_then(Option::as_mut);
        file.ok_or(errno::BADF)
    }

    fn open(&mut self, path: &str) -> Result<i32, i32> {
        let path = Path::new(path);
        let stays = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !path.components().all(stays) {
            return Err(errno::NOTCAPABLE);
        }
        let path = self.folder.join(path).canonicalize();
        let path = path.map_err(|_| errno::NOENT)?;
        // A link may lead elsewhere.
        if !path.starts_with(&self.folder) {
            return Err(errno::NOTCAPABLE);
        }
        let file = File::open(path).map_err(|_| errno::NOENT)?;
        if self.files.len() == MOST_FILES {
            return Err(errno::NOTCAPABLE);
        }
        self.files.push(Some(file));
        i32::try_from(self.files.len() - 1)
            .map_or(Err(errno::INVAL), |place| Ok(FIRST_FILE + place))
    }

    fn write(&mut self, descriptor: i32, bytes: &[u8]) -> Result<(), i32> {
        let stream = match descriptor {
            1 => &mut self.stdout,
            2 => &mut self.stderr,
            _ => return Err(errno::BADF),
        };
        if stream.len() + bytes.len() > LONGEST_OUTPUT {
            return Err(errno::FBIG);
        }
        stream.extend_from_slice(bytes);
        Ok(())
    }
}

/// The guest's memory.
struct Memory<'a>(&'a mut [u8]);

impl Memory<'_> {
    fn bytes(&mut self, at: i32, length: u32) -> Result<&mut [u8], i32> {
        let at = at.cast_unsigned() as usize;
        let end = at.checked_add(length as usize).ok_or(errno::FAULT)?;
        self.0.get_mut(at..end).ok_or(errno::FAULT)
    }

    fn put(&mut self, at: i32, bytes: &[u8]) -> Result<(), i32> {
        let length = u32::try_from(bytes.len()).map_err(|_| errno::FAULT)?;
        self.bytes(at, length)?.copy_from_slice(bytes);
        Ok(())
    }

    fn number(&mut self, at: i32) -> Result<u32, i32> {
        let bytes = self.bytes(at, 4)?;
        Ok(u32::from_le_bytes(
            bytes.try_into().map_err(|_| errno::FAULT)?,
        ))
    }

    /// The buffer with this index of a list of addresses and lengths.
    fn buffer(&mut self, list: i32, index: i32) -> Result<&mut [u8], i32> {
        let entry = list.wrapping_add(index.wrapping_mul(8));
        let (at, length) = (self.number(entry)?, self.number(entry.wrapping_add(4))?);
        self.bytes(at.cast_signed(), length)
    }

    /// Addresses of strings, and the strings, each with a zero at its end.
    fn strings(&mut self, strings: &[String], list: i32, mut at: i32) -> Result<(), i32> {
        for (index, string) in (0..).zip(strings) {
            self.put(list.wrapping_add(4 * index), &at.to_le_bytes())?;
            for bytes in [string.as_bytes(), &[0]] {
                self.put(at, bytes)?;
                at = at.wrapping_add_unsigned(u32::try_from(bytes.len()).unwrap_or(0));
            }
        }
        Ok(())
    }

    /// How many strings there are, and how long they are with their zeros.
    fn sizes(&mut self, strings: &[String], count: i32, bytes: i32) -> Result<(), i32> {
        let length: usize = strings.iter().map(|string| string.len() + 1).sum();
        for (at, number) in [(count, strings.len()), (bytes, length)] {
            let number = u32::try_from(number).map_err(|_| errno::FAULT)?;
            self.put(at, &number.to_le_bytes())?;
        }
        Ok(())
    }
}

/// Does something with the guest's memory and its state, and answers with the
/// number of an error.
fn with(
    mut caller: Caller<'_, Guest>,
    act: impl FnOnce(&mut Memory<'_>, &mut Guest) -> Result<(), i32>,
) -> i32 {
    let memory = caller
        .get_export("memory")
        .and_then(wasmi::Extern::into_memory);
    let Some(memory) = memory else {
        return errno::FAULT;
    };
    let (bytes, guest) = memory.data_and_store_mut(&mut caller);
    act(&mut Memory(bytes), guest)
        .err()
        .unwrap_or(errno::SUCCESS)
}

type C<'a> = Caller<'a, Guest>;

/// Defines what is here, and for everything else that `module` imports from
/// WASI a function that is not implemented.
pub(super) fn link(linker: &mut Linker<Guest>, module: &Module) -> Result<(), Error> {
    linker
        .func_wrap(WASI, "args_get", |c: C, list: i32, at: i32| {
            with(c, |memory, guest| {
                memory.strings(&guest.arguments, list, at)
            })
        })?
        .func_wrap(WASI, "args_sizes_get", |c: C, count: i32, bytes: i32| {
            with(c, |memory, guest| {
                memory.sizes(&guest.arguments, count, bytes)
            })
        })?
        .func_wrap(WASI, "environ_get", |c: C, list: i32, at: i32| {
            with(c, |memory, guest| {
                memory.strings(&guest.environment, list, at)
            })
        })?
        .func_wrap(WASI, "environ_sizes_get", |c: C, count: i32, bytes: i32| {
            with(c, |memory, guest| {
                memory.sizes(&guest.environment, count, bytes)
            })
        })?
        .func_wrap(WASI, "fd_close", |c: C, fd: i32| {
            with(c, |_, guest| {
                guest.file(fd)?;
                let place = usize::try_from(fd - FIRST_FILE).map_err(|_| errno::BADF)?;
                guest.files[place] = None;
                Ok(())
            })
        })?
        .func_wrap(WASI, "fd_fdstat_get", |c: C, fd: i32, at: i32| {
            with(c, |memory, guest| {
                // A character device, a folder or a file; every right.
                let kind = match fd {
                    0..FOLDER => 2,
                    FOLDER => 3,
                    _ => guest.file(fd).map(|_| 4)?,
                };
                let mut stat = [0xff; 24];
                stat[..8].copy_from_slice(&[kind, 0, 0, 0, 0, 0, 0, 0]);
                memory.put(at, &stat)
            })
        })?
        .func_wrap(WASI, "fd_prestat_get", |c: C, fd: i32, at: i32| {
            with(c, |memory, _| match fd {
                // A folder whose name has one character.
                FOLDER => memory.put(at, &[0, 0, 0, 0, 1, 0, 0, 0]),
                _ => Err(errno::BADF),
            })
        })?
        .func_wrap(
            WASI,
            "fd_prestat_dir_name",
            |c: C, fd: i32, at: i32, length: i32| {
                with(c, |memory, _| match (fd, length) {
                    (FOLDER, 1..) => memory.put(at, b"."),
                    (FOLDER, _) => Err(errno::INVAL),
                    _ => Err(errno::BADF),
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_read",
            |c: C, fd: i32, list: i32, count: i32, read: i32| {
                with(c, |memory, guest| {
                    let mut sum = 0_u32;
                    for index in 0..count {
                        let buffer = memory.buffer(list, index)?;
                        let some = match fd {
                            0 => 0,
                            _ => guest.file(fd)?.read(buffer).map_err(|_| errno::IO)?,
                        };
                        let is_full = some == buffer.len();
                        sum += u32::try_from(some).map_err(|_| errno::INVAL)?;
                        if !is_full {
                            break;
                        }
                    }
                    memory.put(read, &sum.to_le_bytes())
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_seek",
            |c: C, fd: i32, by: i64, whence: i32, at: i32| {
                with(c, |memory, guest| {
                    let to = match whence {
                        0 => SeekFrom::Start(by.cast_unsigned()),
                        1 => SeekFrom::Current(by),
                        2 => SeekFrom::End(by),
                        _ => return Err(errno::INVAL),
                    };
                    let place = guest.file(fd)?.seek(to).map_err(|_| errno::INVAL)?;
                    memory.put(at, &place.to_le_bytes())
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_write",
            |c: C, fd: i32, list: i32, count: i32, written: i32| {
                with(c, |memory, guest| {
                    let mut sum = 0_u32;
                    for index in 0..count {
                        let buffer = memory.buffer(list, index)?;
                        guest.write(fd, buffer)?;
                        sum += u32::try_from(buffer.len()).map_err(|_| errno::INVAL)?;
                    }
                    memory.put(written, &sum.to_le_bytes())
                })
            },
        )?
        .func_wrap(WASI, "path_open", path_open)?
        .func_wrap(WASI, "proc_exit", |code: i32| -> Result<(), Error> {
            Err(Error::i32_exit(code))
        })?;
    for import in module.imports().filter(|import| import.module() == WASI) {
        if let ExternType::Func(ty) = import.ty() {
            // Those above stay.
            let _ = linker.func_new(WASI, import.name(), ty.clone(), |_, _, results| {
                if let [result] = results {
                    *result = Val::I32(errno::NOSYS);
                }
                Ok(())
            });
        }
    }
    Ok(())
}

/// Opens a file to be read; the rights are not looked at.
#[expect(clippy::too_many_arguments, reason = "as WASI has it")]
fn path_open(
    c: C<'_>,
    fd: i32,
    _follow: i32,
    path: i32,
    length: i32,
    how: i32,
    _rights: i64,
    _inherited: i64,
    _flags: i32,
    opened: i32,
) -> i32 {
    with(c, |memory, guest| {
        if fd != FOLDER {
            return Err(errno::BADF);
        }
        // Creating and truncating are no reading.
        if how != 0 {
            return Err(errno::NOTCAPABLE);
        }
        let path = memory.bytes(path, length.cast_unsigned())?;
        let path = std::str::from_utf8(path).map_err(|_| errno::INVAL)?;
        let descriptor = guest.open(path)?;
        memory.put(opened, &descriptor.to_le_bytes())
    })
}
