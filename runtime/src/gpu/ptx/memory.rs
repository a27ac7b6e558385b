//! Loads, stores, and what fills and copies memory.

use std::fmt::Write as _;

use super::Layout;
use super::calls::call;
use super::context::{STATE, global};
use super::function::FunctionWriter;
use crate::TrapCode;
use crate::gpu::ir::{Access, Op, Space, Value};

/// Bits of an offset in a page.
const PAGE_BITS: u32 = 16;

/// Where an access goes.
pub(super) struct Place {
    /// The state space that the address is in, as PTX names it.
    pub(super) space: &'static str,
    /// The register of the address in it.
    pub(super) address: String,
    /// The register of the offset in the memory, of 64 bits.
    pub(super) offset: String,
}

impl FunctionWriter<'_, '_> {
    /// What is left of the instructions.
    pub(super) fn memory(&mut self, op: &Op, result: Option<Value>, offset: u32) {
        match (op, result) {
            (Op::Load { access, signed }, Some(result)) => {
                self.load(*access, *signed, result, offset);
            }
            (Op::Store(access, value), _) => self.store(*access, *value, offset),
            (Op::MemorySize, Some(result)) => {
                let (size, to) = (self.size(Space::Arena), self.register(result));
                let pages = self.long();
                self.line(&format!("shr.u64 {pages}, {size}, {PAGE_BITS};"));
                self.line(&format!("cvt.u32.u64 {to}, {pages};"));
            }
            (Op::MemoryGrow(pages), Some(result)) => self.grow(*pages, result),
            (Op::MemoryFill(space, values), _) => self.fill(*space, *values, offset),
            (Op::MemoryCopy(spaces, values), _) => self.copy(*spaces, *values, offset),
            (Op::MemoryInit(space, segment, values), _) => {
                self.init(*space, *segment, *values, offset);
            }
            _ => self.atomic(op, result, offset),
        }
    }

    /// The address of the state.
    fn state(&mut self) -> String {
        let state = self.long();
        self.line(&format!("ld.local.b64 {state}, [%context+{STATE}];"));
        state
    }

    /// Bytes of a memory, as they are now.
    fn size(&mut self, space: Space) -> String {
        match space {
            Space::Workgroup => return self.writer.module.workgroup_bytes.to_string(),
            Space::Arena if !self.writer.module.grows => return "%size".to_owned(),
            Space::Arena => {}
        }
        let (state, size) = (self.state(), self.long());
        let pages = Layout::PAGES;
        self.line(&format!(
            "ld.volatile.global.b64 {size}, [{state}+{pages}];"
        ));
        self.line(&format!("shl.b64 {size}, {size}, {PAGE_BITS};"));
        size
    }

    /// The offset of an access, in 64 bits, where nothing wraps.
    pub(super) fn offset_of(&mut self, access: Access) -> String {
        let at = self.long();
        let register = self.register(access.address);
        self.line(&format!("cvt.u64.u32 {at}, {register};"));
        if access.offset > 0 {
            self.line(&format!("add.u64 {at}, {at}, {};", access.offset));
        }
        at
    }

    /// Where so many bytes are that are in bounds.
    pub(super) fn place(&mut self, access: Access, at: String, offset: u32) -> Place {
        let end = self.long();
        self.line(&format!("add.u64 {end}, {at}, {};", access.width));
        let size = self.size(access.space);
        let beyond = self.predicate();
        self.line(&format!("setp.gt.u64 {beyond}, {end}, {size};"));
        self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, offset);
        let address = self.long();
        let base = self.base(access.space);
        self.line(&format!("add.u64 {address}, {base}, {at};"));
        Place {
            space: match access.space {
                Space::Arena => "global",
                Space::Workgroup => "shared",
            },
            address,
            offset: at,
        }
    }

    /// Where a memory begins, in its own state space.
    fn base(&mut self, space: Space) -> String {
        match space {
            Space::Arena => "%base".to_owned(),
            Space::Workgroup => {
                let base = self.long();
                self.line(&format!("mov.b64 {base}, workgroup;"));
                base
            }
        }
    }

    /// Jumps away if an offset is no multiple of a width; the memory itself begins
    /// at a multiple of all.
    fn unless_aligned(&mut self, at: &str, width: u8, label: &str) {
        let odd = self.odd(at, width);
        self.line(&format!("@{odd} bra {label};"));
    }

    /// A predicate that holds if an offset is no multiple of a width.
    pub(super) fn odd(&mut self, at: &str, width: u8) -> String {
        let (low, odd) = (self.long(), self.predicate());
        self.line(&format!("and.b64 {low}, {at}, {};", width - 1));
        self.line(&format!("setp.ne.u64 {odd}, {low}, 0;"));
        odd
    }

    fn load(&mut self, access: Access, signed: bool, to: Value, offset: u32) {
        let width = access.width;
        let at = self.offset_of(access);
        let Place {
            space,
            address,
            offset: at,
        } = self.place(access, at, offset);
        let ty = self.type_of(to);
        let register = self.register(to);
        let wide = u32::from(width) * 8;
        let letter = match (wide == ty.bits(), signed) {
            (true, _) => 'b',
            (false, true) => 's',
            (false, false) => 'u',
        };
        let read = format!("ld.{space}.{letter}{wide} {register}, [{address}];");
        if width == 1 {
            self.line(&read);
            return;
        }
        let [slow, done] = [(); 2].map(|()| self.label());
        self.unless_aligned(&at, width, &slow);
        self.line(&read);
        let _ = writeln!(self.body, "{done}:");
        let (generic, value) = (self.long(), self.long());
        let _ = writeln!(
            self.cold,
            "{slow}:\n    cvta.{space}.u64 {generic}, {address};"
        );
        call(
            &mut self.cold,
            &format!("load_bytes{width}"),
            &[("b64", generic)],
            &[("b64", value.clone())],
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

    fn store(&mut self, access: Access, value: Value, offset: u32) {
        let width = access.width;
        let at = self.offset_of(access);
        let Place {
            space,
            address,
            offset: at,
        } = self.place(access, at, offset);
        let register = self.register(value);
        let wide = u32::from(width) * 8;
        let write = format!("st.{space}.b{wide} [{address}], {register};");
        if width == 1 {
            self.line(&write);
            return;
        }
        let [slow, done] = [(); 2].map(|()| self.label());
        self.unless_aligned(&at, width, &slow);
        self.line(&write);
        let _ = writeln!(self.body, "{done}:");
        let (generic, long) = (self.long(), self.long());
        let widened = match self.type_of(value).bits() {
            32 => format!("cvt.u64.u32 {long}, {register};"),
            _ => format!("mov.b64 {long}, {register};"),
        };
        let _ = writeln!(
            self.cold,
            "{slow}:\n    {widened}\n    cvta.{space}.u64 {generic}, {address};"
        );
        call(
            &mut self.cold,
            &format!("store_bytes{width}"),
            &[("b64", generic), ("b64", long)],
            &[],
        );
        let _ = writeln!(self.cold, "    bra {done};");
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

    /// Takes fuel for as many bytes, before anything else is looked at; the site of
    /// a launch that is cancelled.
    fn charge(&mut self, length: Value, offset: u32) -> String {
        let codes = [TrapCode::Interrupted, TrapCode::OutOfFuel];
        let number = self.writer.sites(&codes, self.index, offset);
        let site = self.word();
        self.line(&format!("mov.b32 {site}, {number};"));
        let arguments = [
            ("b64", "%context".to_owned()),
            ("b32", site.clone()),
            ("b32", self.register(length)),
        ];
        call(&mut self.body, "charge", &arguments, &[]);
        site
    }

    /// Traps unless so many bytes from there are in a memory; the generic address
    /// of the first and the length, both of 64 bits.
    fn bounded(
        &mut self,
        space: Space,
        from: Value,
        length: Value,
        offset: u32,
    ) -> (String, String) {
        let [start, long, end] = [(); 3].map(|()| self.long());
        let (from, length) = (self.register(from), self.register(length));
        self.line(&format!("cvt.u64.u32 {start}, {from};"));
        self.line(&format!("cvt.u64.u32 {long}, {length};"));
        self.line(&format!("add.u64 {end}, {start}, {long};"));
        let size = self.size(space);
        let beyond = self.predicate();
        self.line(&format!("setp.gt.u64 {beyond}, {end}, {size};"));
        self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, offset);
        let base = self.base(space);
        let generic = self.long();
        let name = match space {
            Space::Arena => "global",
            Space::Workgroup => "shared",
        };
        self.line(&format!("add.u64 {start}, {base}, {start};"));
        self.line(&format!("cvta.{name}.u64 {generic}, {start};"));
        (generic, long)
    }

    fn fill(&mut self, space: Space, [to, byte, length]: [Value; 3], offset: u32) {
        let site = self.charge(length, offset);
        let (to, long) = self.bounded(space, to, length, offset);
        let arguments = [
            ("b64", "%context".to_owned()),
            ("b32", site),
            ("b64", to),
            ("b64", long),
            ("b32", self.register(byte)),
        ];
        call(&mut self.body, "fill", &arguments, &[]);
    }

    fn copy(&mut self, spaces: [Space; 2], [to, from, length]: [Value; 3], offset: u32) {
        let site = self.charge(length, offset);
        let (to, long) = self.bounded(spaces[0], to, length, offset);
        let (from, _) = self.bounded(spaces[1], from, length, offset);
        self.copy_bytes(site, to, from, long);
    }

    fn copy_bytes(&mut self, site: String, to: String, from: String, length: String) {
        let arguments = [
            ("b64", "%context".to_owned()),
            ("b32", site),
            ("b64", to),
            ("b64", from),
            ("b64", length),
        ];
        call(&mut self.body, "copy", &arguments, &[]);
    }

    fn init(&mut self, space: Space, segment: u32, [to, from, length]: [Value; 3], offset: u32) {
        let data = &self.writer.module.data[segment as usize];
        // An active segment was dropped when the instance was made.
        let bytes = match data.dropped {
            Some(_) => data.bytes.len(),
            None => 0,
        };
        let dropped = data.dropped;
        let site = self.charge(length, offset);
        let (to, long) = self.bounded(space, to, length, offset);
        let [start, end, size] = [(); 3].map(|()| self.long());
        let from = self.register(from);
        self.line(&format!("cvt.u64.u32 {start}, {from};"));
        self.line(&format!("add.u64 {end}, {start}, {long};"));
        self.line(&format!("mov.b64 {size}, {bytes};"));
        if let Some(index) = dropped {
            let (word, gone) = (self.word(), self.predicate());
            let place = global(index as usize);
            self.line(&format!("ld.local.b32 {word}, [%context+{place}];"));
            self.line(&format!("setp.ne.u32 {gone}, {word}, 0;"));
            self.line(&format!("selp.b64 {size}, 0, {size}, {gone};"));
        }
        let beyond = self.predicate();
        self.line(&format!("setp.gt.u64 {beyond}, {end}, {size};"));
        self.trap_if(&beyond, TrapCode::OutOfBoundsMemoryAccess, offset);
        if bytes == 0 {
            return;
        }
        let [origin, generic] = [(); 2].map(|()| self.long());
        self.line(&format!("mov.b64 {origin}, data{segment};"));
        self.line(&format!("add.u64 {origin}, {origin}, {start};"));
        self.line(&format!("cvta.global.u64 {generic}, {origin};"));
        self.copy_bytes(site, to, generic, long);
    }
}
