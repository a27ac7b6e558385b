//! What fills, copies and grows memory.

use std::fmt::Write as _;

use super::calls::call;
use super::context::global;
use super::function::FunctionWriter;
use super::memory::named;
use super::{Layout, Writer};
use crate::TrapCode;
use crate::gpu::ir::{Space, Value};

impl FunctionWriter<'_, '_> {
    pub(super) fn grow(&mut self, pages: Value, to: Value) {
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
        let said = Writer::said(&codes, self.index, offset);
        self.line(&format!("mov.b32 {site}, {number};{said}"));
        let arguments = [
            ("b64", "%context".to_owned()),
            ("b32", site.clone()),
            ("b32", self.register(length)),
        ];
        self.call_that_counts("charge", &arguments, &[]);
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
        self.line(&format!("add.u64 {start}, {base}, {start};"));
        self.line(&format!("cvta.{}.u64 {generic}, {start};", named(space)));
        (generic, long)
    }

    pub(super) fn fill(&mut self, space: Space, [to, byte, length]: [Value; 3], offset: u32) {
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

    pub(super) fn copy(&mut self, spaces: [Space; 2], [to, from, length]: [Value; 3], offset: u32) {
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

    pub(super) fn init(
        &mut self,
        space: Space,
        segment: u32,
        [to, from, length]: [Value; 3],
        offset: u32,
    ) {
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
