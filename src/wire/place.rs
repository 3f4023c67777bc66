//! Structs read from JSON where they will stand: known keys into their fields, the rest kept word for word.
//!
//! The structs of a chunk are hundreds of bytes; handed up through every `Option` and `Result` of serde they would be
//! copied at each step. (serde's `flatten` would copy every field once more.)

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};
use std::fmt;

/// What is read into a slot.
pub trait Place<'de>: Sized {
    fn place<D: Deserializer<'de>>(slot: &mut Option<Self>, deserializer: D) -> Result<(), D::Error>;
}

/// What is small is handed up.
impl<'de, T: Deserialize<'de>> Place<'de> for T {
    fn place<D: Deserializer<'de>>(slot: &mut Option<Self>, deserializer: D) -> Result<(), D::Error> {
        *slot = Some(T::deserialize(deserializer)?);
        Ok(())
    }
}

/// A whole JSON text.
pub fn read<'de, T: Place<'de>>(json: &'de str) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let mut slot = None;
    T::place(&mut slot, &mut deserializer)?;
    deserializer.end()?;
    Ok(slot.expect("placed"))
}

/// A slot on its way through serde; `null` leaves it as it is.
pub struct Slot<'s, T>(pub &'s mut Option<T>);

impl<'de, T: Place<'de>> DeserializeSeed<'de> for Slot<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Place<'de>> Visitor<'de> for Slot<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::place(self.0, deserializer)
    }
}

/// A list, without its `null`s.
#[derive(Clone, Debug)]
pub struct List<T>(pub Vec<T>);

impl<'de, T: Place<'de>> Place<'de> for List<T> {
    fn place<D: Deserializer<'de>>(slot: &mut Option<Self>, deserializer: D) -> Result<(), D::Error> {
        // in a chunk, most have one element
        deserializer.deserialize_seq(slot.insert(List(Vec::with_capacity(1))))
    }
}

impl<'de, T: Place<'de>> Visitor<'de> for &mut List<T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut slot = None;
        while list.next_element_seed(Slot(&mut slot))?.is_some() {
            self.0.extend(slot.take());
        }
        Ok(())
    }
}

/// The first of a list; the others are passed over.
#[derive(Clone, Copy, Debug)]
pub struct First<T>(pub Option<T>);

impl<'de, T: Place<'de>> Place<'de> for First<T> {
    fn place<D: Deserializer<'de>>(slot: &mut Option<Self>, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(slot.insert(First(None)))
    }
}

impl<'de, T: Place<'de>> Visitor<'de> for &mut First<T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if list.next_element_seed(Slot(&mut self.0))?.is_some() {
            while list.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(())
    }
}

/// A struct read from a JSON object: known keys go to their fields, `null` counts as absent, the keys after `skip` are
/// passed over, and what is left is kept in `rest` word for word.
macro_rules! open_struct {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty = $($key:literal)|+,)* } skip [$($skip:literal),*]) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $name<'a> {
            $(pub $field: Option<$type>,)*
            pub rest: Vec<(std::borrow::Cow<'a, str>, &'a serde_json::value::RawValue)>,
        }

        impl<'de: 'a, 'a> $crate::wire::place::Place<'de> for $name<'a> {
            fn place<D: serde::Deserializer<'de>>(slot: &mut Option<Self>, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_map(slot.insert($name::default()))
            }
        }

        impl<'de: 'a, 'a> serde::de::Visitor<'de> for &mut $name<'a> {
            type Value = ();

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
                while let Some(key) = map.next_key::<$crate::wire::lenient::Str<'de>>()? {
                    match &*key.0 {
                        $($($key)|+ => map.next_value_seed($crate::wire::place::Slot(&mut self.$field))?,)*
                        $($skip)|* => { map.next_value::<serde::de::IgnoredAny>()?; }
                        _ => self.rest.push((key.0, map.next_value()?)),
                    }
                }
                Ok(())
            }
        }
    };
}
pub(crate) use open_struct;
