//! What the derive accepts, seen by a crate that forbids unsafe code. What it refuses is in `compile_fail/`, which
//! messages in `src/zero_variant.rs`.
//!
//! `bytemuck` stands in for `framealloc`, whose `Zeroable` it is.
#![forbid(unsafe_code)]

extern crate bytemuck as framealloc;

use core::marker::PhantomData;
use framealloc::Zeroable as _;
use framealloc_derive::Zeroable;

#[test]
fn compile_fail() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

#[test]
fn structs_of_every_form() {
    #[derive(Zeroable, Debug, PartialEq)]
    struct Named {
        x: u32,
        y: [f32; 5],
    }
    #[derive(Zeroable, Debug, PartialEq)]
    struct Tuple(u8, Named);
    #[derive(Zeroable, Debug, PartialEq)]
    struct Unit;
    #[derive(Zeroable, Debug, PartialEq)]
    struct Empty {}

    assert_eq!(Tuple::zeroed(), Tuple(0, Named { x: 0, y: [0.0; 5] }));
    assert_eq!(Unit::zeroed(), Unit);
    assert_eq!(Empty::zeroed(), Empty {});
}

#[test]
fn packed_fields_are_checked_without_a_reference() {
    #[derive(Zeroable)]
    #[repr(C, packed)]
    struct Packed {
        tag: u8,
        value: u64,
    }
    let packed = Packed::zeroed();
    assert_eq!((packed.tag, { packed.value }), (0, 0));
}

#[test]
fn a_type_with_a_destructor() {
    #[derive(Zeroable)]
    struct Guard<'a, T: ?Sized> {
        count: u32,
        of: PhantomData<&'a T>,
    }
    impl<T: ?Sized> Drop for Guard<'_, T> {
        fn drop(&mut self) {
            self.count += 1;
        }
    }
    assert_eq!(Guard::<str>::zeroed().count, 0);
}

#[test]
fn bounds_fall_on_fields_not_on_parameters() {
    struct NeverZero(#[expect(dead_code, reason = "only its type matters")] core::num::NonZeroU8);

    #[derive(Zeroable)]
    struct Id<T>(u32, PhantomData<T>);
    #[derive(Zeroable)]
    struct Table<K, const N: usize>
    where
        K: Copy,
    {
        keys: [K; N],
        next: *const Self,
    }

    let id = Id::<NeverZero>::zeroed();
    assert_eq!((id.0, id.1), (0, PhantomData));
    let table = Table::<u16, 40>::zeroed();
    assert!(table.keys == [0; 40] && table.next.is_null());
}

#[test]
fn associated_types_carry_the_bound() {
    #[derive(Zeroable)]
    struct First<I: Iterator> {
        value: I::Item,
    }
    assert_eq!(First::<std::vec::IntoIter<u8>>::zeroed().value, 0);
}

#[test]
fn enums_with_a_zero_variant() {
    #[derive(Zeroable, Debug, PartialEq)]
    #[repr(u8)]
    enum Plain {
        One = 1,
        Zero = 0,
    }
    #[derive(Zeroable, Debug, PartialEq)]
    #[repr(C, i16)]
    enum Carrying<T> {
        Before(String) = -1,
        At { value: T, next: u8 },
        After(T),
    }
    #[derive(Zeroable, Debug, PartialEq)]
    #[repr(isize)]
    enum Only {
        This(u32),
    }

    assert_eq!(Plain::zeroed(), Plain::Zero);
    assert_ne!(Plain::One, Plain::Zero);
    assert_eq!(Carrying::<u64>::zeroed(), Carrying::At { value: 0, next: 0 });
    assert_ne!(Carrying::Before(String::new()), Carrying::After(0_u8));
    assert_eq!(Only::zeroed(), Only::This(0));
}

#[test]
fn unions_of_zeroable_fields() {
    #[derive(Zeroable, Clone, Copy)]
    union Bits<T: Copy> {
        float: f32,
        other: T,
    }
    fn zeroable<T: framealloc::Zeroable>() {}
    zeroable::<Bits<[u8; 4]>>();
    let _ = (Bits::<u8> { float: 1.0 }, Bits { other: 1_u8 });
}

mod renamed {
    pub(crate) mod engine {
        pub(crate) use bytemuck::Zeroable;
    }

    #[derive(framealloc_derive::Zeroable)]
    #[zeroable(crate = "crate::renamed::engine")]
    pub(crate) struct Handle(pub(crate) u32);
}

#[test]
fn the_crate_may_be_known_by_another_path() {
    assert_eq!(renamed::Handle::zeroed().0, 0);
}

#[test]
fn generics_within_generics() {
    #[derive(Zeroable)]
    struct Inner<T>(T);
    #[derive(Zeroable)]
    struct Outer<T> {
        inner: Inner<T>,
    }
    assert_eq!(Outer::<u8>::zeroed().inner.0, 0);
}
