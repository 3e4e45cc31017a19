//! The traits that every owning box of the library has, written once.
//!
//! A box has a field `value: NonNull<T>` that is valid and its own; that is all the macro knows of it.

/// Implements the traits of a box for `$owner<'a, T>`, or for `$owner<T>` without the lifetime, where `T` is
/// `Sized` or `?Sized`.
macro_rules! owner_impls {
    ($owner:ident $(<$life:lifetime>)?, $($sized:tt)+) => {
        impl<$($life,)? T: $($sized)+> std::ops::Deref for $owner<$($life,)? T> {
            type Target = T;

            #[inline(always)]
            fn deref(&self) -> &T {
                // SAFETY: the box owns a valid value.
                unsafe { self.value.as_ref() }
            }
        }

        impl<$($life,)? T: $($sized)+> std::ops::DerefMut for $owner<$($life,)? T> {
            #[inline(always)]
            fn deref_mut(&mut self) -> &mut T {
                // SAFETY: the box owns a valid value and is borrowed mutably.
                unsafe { self.value.as_mut() }
            }
        }

        impl<$($life,)? T: $($sized)+> AsRef<T> for $owner<$($life,)? T> {
            fn as_ref(&self) -> &T {
                self
            }
        }

        impl<$($life,)? T: $($sized)+> AsMut<T> for $owner<$($life,)? T> {
            fn as_mut(&mut self) -> &mut T {
                self
            }
        }

        impl<$($life,)? T: $($sized)+> std::borrow::Borrow<T> for $owner<$($life,)? T> {
            fn borrow(&self) -> &T {
                self
            }
        }

        impl<$($life,)? T: $($sized)+> std::borrow::BorrowMut<T> for $owner<$($life,)? T> {
            fn borrow_mut(&mut self) -> &mut T {
                self
            }
        }

        impl<$($life,)? T: $($sized)+ + std::fmt::Debug> std::fmt::Debug for $owner<$($life,)? T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<$($life,)? T: $($sized)+ + std::fmt::Display> std::fmt::Display for $owner<$($life,)? T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<$($life,)? T: $($sized)+> std::fmt::Pointer for $owner<$($life,)? T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Pointer::fmt(&self.value, f)
            }
        }

        impl<$($life,)? T: $($sized)+ + PartialEq> PartialEq for $owner<$($life,)? T> {
            fn eq(&self, other: &Self) -> bool {
                **self == **other
            }
        }

        impl<$($life,)? T: $($sized)+ + Eq> Eq for $owner<$($life,)? T> {}

        impl<$($life,)? T: $($sized)+ + PartialOrd> PartialOrd for $owner<$($life,)? T> {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                (**self).partial_cmp(&**other)
            }
        }

        impl<$($life,)? T: $($sized)+ + Ord> Ord for $owner<$($life,)? T> {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                (**self).cmp(&**other)
            }
        }

        impl<$($life,)? T: $($sized)+ + std::hash::Hash> std::hash::Hash for $owner<$($life,)? T> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                (**self).hash(state);
            }
        }

        impl<$($life,)? T: Iterator> Iterator for $owner<$($life,)? T> {
            type Item = T::Item;

            fn next(&mut self) -> Option<T::Item> {
                (**self).next()
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (**self).size_hint()
            }

            fn nth(&mut self, n: usize) -> Option<T::Item> {
                (**self).nth(n)
            }
        }

        impl<$($life,)? T: DoubleEndedIterator> DoubleEndedIterator for $owner<$($life,)? T> {
            fn next_back(&mut self) -> Option<T::Item> {
                (**self).next_back()
            }
        }

        impl<$($life,)? T: ExactSizeIterator> ExactSizeIterator for $owner<$($life,)? T> {}

        impl<$($life,)? T: std::iter::FusedIterator> std::iter::FusedIterator for $owner<$($life,)? T> {}

        impl<$($life,)? T: $($sized)+ + std::error::Error> std::error::Error for $owner<$($life,)? T> {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                (**self).source()
            }
        }

        /// A future that does not mind being moved; one that does is pinned first.
        impl<$($life,)? T: $($sized)+ + Future + Unpin> Future for $owner<$($life,)? T> {
            type Output = T::Output;

            fn poll(
                mut self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
            ) -> std::task::Poll<T::Output> {
                std::pin::Pin::new(&mut **self).poll(context)
            }
        }

        impl<$($life,)? T: $($sized)+> Unpin for $owner<$($life,)? T> {}
    };
}
pub(super) use owner_impls;

/// Implements iteration over a box of a slice, by reference.
macro_rules! owner_slice_impls {
    ($owner:ident $(<$life:lifetime>)?) => {
        impl<'i, $($life,)? T> IntoIterator for &'i $owner<$($life,)? [T]> {
            type Item = &'i T;
            type IntoIter = std::slice::Iter<'i, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl<'i, $($life,)? T> IntoIterator for &'i mut $owner<$($life,)? [T]> {
            type Item = &'i mut T;
            type IntoIter = std::slice::IterMut<'i, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter_mut()
            }
        }
    };
}
pub(super) use owner_slice_impls;
