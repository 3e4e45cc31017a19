//! Macro calls whose meaning is known.

use super::Builder;
use crate::flow::body::{Aggregate, Const, Operand, Value};
use crate::model::{Known, Ty, api};
use crate::source::Span;
use crate::source::tree::{ExprKind, MacroCall};

impl Builder<'_> {
    pub(super) fn macro_call(&mut self, call: &MacroCall, span: Span) -> (Operand, Ty) {
        let name = call.path.last();
        if api::frame_format(name)
            && let Some((alloc, rest)) = call.args.split_first()
        {
            let (place, ty) = self.place(alloc);
            if self.index.is_allocator(&ty)
                && let Some((method, _)) = api::method(Known::SmartAlloc, "frame_string")
            {
                let operands = self.looked_at(rest);
                let _ = self.value(Value::Opaque(operands), Ty::unit(), span);
                let at = (name.into(), call.path.span);
                let on = Ty::known(Known::SmartAlloc);
                return self.call_api(method, false, false, (place, on), &[], at, Vec::new(), None, span);
            }
        }
        match name {
            "vec" if call.read => {
                let (fields, of) = if call.repeat {
                    let (operand, of) = self.expr(&call.args[0]);
                    let _ = self.expr(&call.args[1]);
                    (vec![("".into(), operand)], of)
                } else {
                    self.elements(&call.args)
                };
                self.value(Value::Aggregate(Aggregate::Array, fields), Ty::of(Known::Vec, [of]), span)
            }
            "dbg" if call.args.len() == 1 => self.expr(&call.args[0]),
            "panic" | "todo" | "unimplemented" | "unreachable" => {
                let operands = self.looked_at(&call.args);
                let _ = self.value(Value::Opaque(operands), Ty::unit(), span);
                self.panic(span)
            }
            _ => {
                let operands = self.looked_at(&call.args);
                let ty = match name {
                    "format" => Ty::known(Known::String),
                    "println" | "print" | "eprintln" | "eprint" | "assert" | "assert_eq" | "assert_ne"
                    | "debug_assert" | "debug_assert_eq" | "debug_assert_ne" => Ty::unit(),
                    "line" | "column" => Ty::Scalar,
                    _ => Ty::Unknown,
                };
                self.value(Value::Opaque(operands), ty, span)
            }
        }
    }

    /// Macros look at their arguments. Names among them that are no variables are nothing.
    fn looked_at(&mut self, args: &[crate::source::tree::Expr]) -> Vec<Operand> {
        let mut operands = Vec::new();
        for arg in args {
            let operand = match &arg.kind {
                ExprKind::Path(path) => match self.path_place(path) {
                    Some((place, _)) => Operand::Ref(place, false),
                    None => continue,
                },
                ExprKind::Field(..) | ExprKind::Index(..) => Operand::Ref(self.place(arg).0, false),
                _ => match self.expr(arg).0 {
                    Operand::Move(place) | Operand::Copy(place) => Operand::Ref(place, false),
                    other => other,
                },
            };
            if !matches!(operand, Operand::Const(Const::Other)) {
                operands.push(operand);
            }
        }
        operands
    }
}
