//! Reading what providers really send: a string where it should be one, and no failure where it is not.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Text, borrowed from the input where it holds no escape. Numbers and booleans become their text; null, lists and
/// objects become the empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Str<'a>(pub Cow<'a, str>);

impl Str<'_> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn some(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.clone().into_owned())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Str<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }

            fn visit_u64<E>(self, n: u64) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(n.to_string())))
            }

            fn visit_i64<E>(self, n: i64) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(n.to_string())))
            }

            fn visit_f64<E>(self, n: f64) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(n.to_string())))
            }

            fn visit_bool<E>(self, b: bool) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Borrowed(if b { "true" } else { "false" })))
            }

            fn visit_unit<E>(self) -> Result<Str<'de>, E> {
                Ok(Str::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Str<'de>, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Str::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Str<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Str::default())
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// The first of a list; the others are passed over. Null and an empty list are none.
#[derive(Clone, Copy, Debug)]
pub struct First<T>(pub Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = First<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<First<T>, A::Error> {
                let first = list.next_element()?;
                if first.is_some() {
                    while list.next_element::<IgnoredAny>()?.is_some() {}
                }
                Ok(First(first))
            }
        }
        deserializer.deserialize_seq(List(std::marker::PhantomData))
    }
}

/// Bytes as text: checked once, so that the parser need not; half a character is no reason to lose a reply.
pub fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The JSON text a model wrote: usually a string; some servers give the object itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonText(pub String);

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(JsonText(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        }))
    }
}

/// A struct read from a JSON object: known keys go to their fields, `null` counts as absent, the keys after `skip` are
/// passed over, and what is left is kept in `rest` word for word. (serde's `flatten` would copy every field.)
macro_rules! open_struct {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty = $($key:literal)|+,)* } skip [$($skip:literal),*]) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $name<'a> {
            $(pub $field: Option<$type>,)*
            pub rest: Vec<(std::borrow::Cow<'a, str>, &'a serde_json::value::RawValue)>,
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;
                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name<'de>, A::Error> {
                        let mut it = $name::default();
                        while let Some(key) = map.next_key::<$crate::wire::lenient::Str<'de>>()? {
                            match &*key.0 {
                                $($($key)|+ => if let Some(value) = map.next_value()? { it.$field = Some(value) },)*
                                $($skip)|* => { map.next_value::<serde::de::IgnoredAny>()?; }
                                _ => it.rest.push((key.0, map.next_value()?)),
                            }
                        }
                        Ok(it)
                    }
                }
                deserializer.deserialize_map(Fields)
            }
        }
    };
}
pub(crate) use open_struct;
