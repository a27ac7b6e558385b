//! Loads, stores, and what fills and copies memory.

use std::fmt::Write as _;

use super::Layout;
use super::context::STATE;
use super::function::FunctionWriter;
use crate::TrapCode;
use crate::gpu::ir::{Op, Value};

/// Bytes of a page.
const PAGE_BITS: u32 = 16;

impl FunctionWriter<'_, '_> {
    /// What is left of the instructions.
    pub(super) fn memory(&mut self, op: &Op, result: Option<Value>, offset: u32) {
        match (op, result) {
            (
                Op::Load {
                    address,
                    offset: more,
                    width,
                    signed,
                },
                Some(result),
            ) => self.load(*address, *more, *width, *signed, result, offset),
            (
                Op::Store {
                    address,
                    offset: more,
                    width,
                    value,
                },
                _,
            ) => self.store(*address, *more, *width, *value, offset),
            (Op::MemorySize, Some(result)) => {
                let (size, to) = (self.size(), self.register(result));
                let pages = self.long();
                self.line(&format!("shr.u64 {pages}, {size}, {PAGE_BITS};"));
                self.line(&format!("cvt.u32.u64 {to}, {pages};"));
            }
            (Op::MemoryGrow(pages), Some(result)) => self.grow(*pages, result),
            (Op::MemoryFill(to, byte, length), _) => {
                let end = self.bounded(*to, *length, offset);
                self.fill(*to, *byte, &end, offset);
            }
            (Op::MemoryCopy(to, from, length), _) => self.copy(*to, *from, *length, offset),
            (Op::MemoryInit(segment, to, from, length), _) => {
                self.init(*segment, [*to, *from, *length], offset);
            }
            (Op::DataDrop(segment), _) => {
                let state = self.state();
                let place = self.writer.layout.dropped(*segment as usize);
                let one = self.word();
                self.line(&format!("mov.b32 {one}, 1;"));
                self.line(&format!("st.global.b32 [{state}+{place}], {one};"));
            }
            _ => {}
        }
    }

    /// The address of the state.
    fn state(&mut self) -> String {
        let state = self.long();
        self.line(&format!("ld.local.b64 {state}, [%context+{STATE}];"));
        state
    }

    /// Bytes of the memory, as they are now.
    fn size(&mut self) -> String {
        if !self.writer.module.grows {
            return "%size".to_owned();
        }
        let (state, size) = (self.state(), self.long());
        let pages = Layout::PAGES;
        self.line(&format!(
            "ld.volatile.global.b64 {size}, [{state}+{pages}];"
        ));
        self.line(&format!("shl.b64 {size}, {size}, {PAGE_BITS};"));
        size
    }

    /// The address on the device of so many bytes that are in bounds, and the
    /// offset in the memory.
    fn address(&mut self, address: Value, more: u32, width: u8, offset: u32) -> (String, String) {
        let [at, end, device] = [(); 3].map(|()| self.long());
        let register = self.register(address);
        self.line(&format!("cvt.u64.u32 {at}, {register};"));
        if more > 0 {
            self.line(&format!("add.u64 {at}, {at}, {more};"));
        }
        // In 64 bits nothing wraps.
        self.line(&format!("add.u64 {end}, {at}, {width};"));
        let size = self.size();
        let beyond = self.predicate();
        self.line(&format!("setp.gt.u64 {beyond}, {end}, {size};"));
        self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, offset);
        self.line(&format!("add.u64 {device}, %base, {at};"));
        (device, at)
    }

    /// Jumps away if an offset is no multiple of a width; the memory itself begins
    /// at a multiple of all.
    fn unless_aligned(&mut self, at: &str, width: u8, label: &str) {
        let (low, odd) = (self.long(), self.predicate());
        self.line(&format!("and.b64 {low}, {at}, {};", width - 1));
        self.line(&format!("setp.ne.u64 {odd}, {low}, 0;"));
        self.line(&format!("@{odd} bra {label};"));
    }

    fn load(&mut self, address: Value, more: u32, width: u8, signed: bool, to: Value, offset: u32) {
        let (device, at) = self.address(address, more, width, offset);
        let ty = self.type_of(to);
        let register = self.register(to);
        let wide = u32::from(width) * 8;
        let letter = match (wide == ty.bits(), signed) {
            (true, _) => 'b',
            (false, true) => 's',
            (false, false) => 'u',
        };
        if width == 1 {
            self.line(&format!("ld.global.{letter}{wide} {register}, [{device}];"));
            return;
        }
        let [slow, done] = [(); 2].map(|()| self.label());
        self.unless_aligned(&at, width, &slow);
        self.line(&format!("ld.global.{letter}{wide} {register}, [{device}];"));
        let _ = writeln!(self.body, "{done}:");
        let value = self.long();
        let _ = write!(
            self.cold,
            "{slow}:\n    {{\n        .param .b64 p0;\n        st.param.b64 [p0], {device};\n        \
             .param .b64 given;\n        call (given), load_bytes{width}, (p0);\n        \
             ld.param.b64 {value}, [given];\n    }}\n"
        );
        let letter = if signed { 's' } else { 'u' };
        let _ = match ty.bits() {
            64 if wide == 64 => writeln!(self.cold, "    mov.b64 {register}, {value};"),
            64 => writeln!(
                self.cold,
                "    cvt.{letter}64.{letter}{wide} {register}, {value};"
            ),
            _ if wide == 32 => writeln!(self.cold, "    cvt.u32.u64 {register}, {value};"),
            _ => {
                let word = self.word();
                writeln!(
                    self.cold,
                    "    cvt.u32.u64 {word}, {value};\n    \
                     cvt.{letter}32.{letter}{wide} {register}, {word};"
                )
            }
        };
        let _ = writeln!(self.cold, "    bra {done};");
    }

    fn store(&mut self, address: Value, more: u32, width: u8, value: Value, offset: u32) {
        let (device, at) = self.address(address, more, width, offset);
        let register = self.register(value);
        let wide = u32::from(width) * 8;
        if width == 1 {
            self.line(&format!("st.global.b8 [{device}], {register};"));
            return;
        }
        let [slow, done] = [(); 2].map(|()| self.label());
        self.unless_aligned(&at, width, &slow);
        self.line(&format!("st.global.b{wide} [{device}], {register};"));
        let _ = writeln!(self.body, "{done}:");
        let long = self.long();
        let widened = match self.type_of(value).bits() {
            32 => format!("cvt.u64.u32 {long}, {register};"),
            _ => format!("mov.b64 {long}, {register};"),
        };
        let _ = write!(
            self.cold,
            "{slow}:\n    {widened}\n    {{\n        .param .b64 p0;\n        \
             st.param.b64 [p0], {device};\n        .param .b64 p1;\n        \
             st.param.b64 [p1], {long};\n        call store_bytes{width}, (p0, p1);\n    }}\n    \
             bra {done};\n"
        );
    }

    fn grow(&mut self, pages: Value, to: Value) {
        let state = self.state();
        let (pages, to) = (self.register(pages), self.register(to));
        let [now, wanted, most, found] = [(); 4].map(|()| self.long());
        let more = self.long();
        let [too_many, lost] = [(); 2].map(|()| self.predicate());
        let [again, done, no] = [(); 3].map(|()| self.label());
        self.line(&format!("cvt.u64.u32 {more}, {pages};"));
        self.line(&format!(
            "ld.global.b64 {most}, [{state}+{}];",
            Layout::MOST_PAGES
        ));
        let _ = writeln!(self.body, "{again}:");
        self.line(&format!(
            "ld.volatile.global.b64 {now}, [{state}+{}];",
            Layout::PAGES
        ));
        self.line(&format!("add.u64 {wanted}, {now}, {more};"));
        self.line(&format!("setp.gt.u64 {too_many}, {wanted}, {most};"));
        self.line(&format!("@{too_many} bra {no};"));
        self.line(&format!(
            "atom.global.cas.b64 {found}, [{state}+{}], {now}, {wanted};",
            Layout::PAGES
        ));
        self.line(&format!("setp.ne.u64 {lost}, {found}, {now};"));
        self.line(&format!("@{lost} bra {again};"));
        self.line(&format!("cvt.u32.u64 {to}, {now};"));
        let _ = writeln!(self.body, "{done}:");
        let _ = write!(self.cold, "{no}:\n    mov.b32 {to}, -1;\n    bra {done};\n");
    }

    /// Traps unless so many bytes from there are in the memory; gives the offset
    /// after the last one.
    fn bounded(&mut self, from: Value, length: Value, offset: u32) -> String {
        let [start, end] = [(); 2].map(|()| self.long());
        let (from, length) = (self.register(from), self.register(length));
        self.line(&format!("cvt.u64.u32 {start}, {from};"));
        self.line(&format!("cvt.u64.u32 {end}, {length};"));
        self.line(&format!("add.u64 {end}, {start}, {end};"));
        let size = self.size();
        let beyond = self.predicate();
        self.line(&format!("setp.gt.u64 {beyond}, {end}, {size};"));
        self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, offset);
        end
    }

    /// The address on the device of an offset that is in bounds.
    fn device(&mut self, offset: Value) -> String {
        let (register, device) = (self.register(offset), self.long());
        self.line(&format!("cvt.u64.u32 {device}, {register};"));
        self.line(&format!("add.u64 {device}, %base, {device};"));
        device
    }

    fn fill(&mut self, to: Value, byte: Value, end: &str, offset: u32) {
        let at = self.device(to);
        let last = self.long();
        self.line(&format!("add.u64 {last}, %base, {end};"));
        let byte = self.register(byte);
        let [again, done] = [(); 2].map(|()| self.label());
        let full = self.predicate();
        let _ = writeln!(self.body, "{again}:");
        self.line(&format!("setp.ge.u64 {full}, {at}, {last};"));
        self.line(&format!("@{full} bra {done};"));
        self.count_down(offset);
        self.line(&format!("st.global.b8 [{at}], {byte};"));
        self.line(&format!("add.u64 {at}, {at}, 1;"));
        self.line(&format!("bra {again};"));
        let _ = writeln!(self.body, "{done}:");
    }

    fn copy(&mut self, to: Value, from: Value, length: Value, offset: u32) {
        self.bounded(to, length, offset);
        self.bounded(from, length, offset);
        let [target, source] = [to, from].map(|value| self.device(value));
        let (left, step) = (self.long(), self.long());
        let register = self.register(length);
        self.line(&format!("cvt.u64.u32 {left}, {register};"));
        self.line(&format!("mov.b64 {step}, 1;"));
        // Where they overlap, nothing is overwritten that is still to be read.
        let forward = self.predicate();
        let begin = self.label();
        self.line(&format!("setp.le.u64 {forward}, {target}, {source};"));
        self.line(&format!("@{forward} bra {begin};"));
        self.line(&format!("mov.b64 {step}, -1;"));
        for end in [&target, &source] {
            self.line(&format!("add.u64 {end}, {end}, {left};"));
            self.line(&format!("sub.u64 {end}, {end}, 1;"));
        }
        let _ = writeln!(self.body, "{begin}:");
        self.bytes(&target, &source, &left, &step, offset);
    }

    /// Copies so many bytes, one after the other.
    fn bytes(&mut self, target: &str, source: &str, left: &str, step: &str, offset: u32) {
        let [again, done] = [(); 2].map(|()| self.label());
        let (none, byte) = (self.predicate(), self.word());
        let _ = writeln!(self.body, "{again}:");
        self.line(&format!("setp.eq.u64 {none}, {left}, 0;"));
        self.line(&format!("@{none} bra {done};"));
        self.count_down(offset);
        self.line(&format!("ld.global.u8 {byte}, [{source}];"));
        self.line(&format!("st.global.b8 [{target}], {byte};"));
        self.line(&format!("add.u64 {source}, {source}, {step};"));
        self.line(&format!("add.u64 {target}, {target}, {step};"));
        self.line(&format!("sub.u64 {left}, {left}, 1;"));
        self.line(&format!("bra {again};"));
        let _ = writeln!(self.body, "{done}:");
    }

    fn init(&mut self, segment: u32, [to, from, length]: [Value; 3], offset: u32) {
        let data = &self.writer.module.data[segment as usize];
        // An active segment was dropped when the instance was made.
        let bytes = match data.offset {
            None => data.bytes.len(),
            Some(_) => 0,
        };
        self.bounded(to, length, offset);
        let [start, end, size] = [(); 3].map(|()| self.long());
        let (source, count) = (self.register(from), self.register(length));
        self.line(&format!("cvt.u64.u32 {start}, {source};"));
        self.line(&format!("cvt.u64.u32 {end}, {count};"));
        self.line(&format!("add.u64 {end}, {start}, {end};"));
        let state = self.state();
        let (word, dropped, beyond) = (self.word(), self.predicate(), self.predicate());
        let place = self.writer.layout.dropped(segment as usize);
        self.line(&format!("ld.global.b32 {word}, [{state}+{place}];"));
        self.line(&format!("setp.ne.u32 {dropped}, {word}, 0;"));
        self.line(&format!("selp.b64 {size}, 0, {bytes}, {dropped};"));
        self.line(&format!("setp.gt.u64 {beyond}, {end}, {size};"));
        self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, offset);
        if bytes == 0 {
            return;
        }
        let target = self.device(to);
        let (origin, left, step) = (self.long(), self.long(), self.long());
        self.line(&format!("mov.b64 {origin}, data{segment};"));
        self.line(&format!("add.u64 {origin}, {origin}, {start};"));
        self.line(&format!("cvt.u64.u32 {left}, {count};"));
        self.line(&format!("mov.b64 {step}, 1;"));
        self.bytes(&target, &origin, &left, &step, offset);
    }
}
