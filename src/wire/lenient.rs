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
