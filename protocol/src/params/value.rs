//! One value, as the type that its reader wants, where nothing is lost by it; and, for who wants a double, what comes nearest.

use std::fmt;

use virtwire_xdr::Text;

use crate::admin;
use crate::remote::TypedParamValue;

/// Up to here a double has every whole number. One beyond may stand for its neighbours, too.
const WHOLE_MAX: i128 = 1 << 53;

impl TypedParamValue {
    /// As a signed 32-bit number, if it is one.
    pub fn as_i32(&self) -> Option<i32> {
        self.whole()?.try_into().ok()
    }

    /// As an unsigned 32-bit number, if it is one.
    pub fn as_u32(&self) -> Option<u32> {
        self.whole()?.try_into().ok()
    }

    /// As a signed 64-bit number, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        self.whole()?.try_into().ok()
    }

    /// As an unsigned 64-bit number, if it is one.
    pub fn as_u64(&self) -> Option<u64> {
        self.whole()?.try_into().ok()
    }

    /// As a double, if it is a number: of a whole one the nearest there is, which beyond 2^53 may be another.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            TypedParamValue::Double(number) => Some(*number),
            // Rounds to the nearest, which whoever asks for a double has accepted.
            _ => self.whole().map(|number| number as f64),
        }
    }

    /// As a truth value, if it is one, or the number 0 or 1.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            TypedParamValue::Boolean(word) => Some(*word != 0),
            _ => match self.whole()? {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
        }
    }

    /// As a string, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            TypedParamValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// As a whole number, if it is one.
    fn whole(&self) -> Option<i128> {
        match self {
            TypedParamValue::Int(number) => Some((*number).into()),
            TypedParamValue::UInt(number) => Some((*number).into()),
            TypedParamValue::LLong(number) => Some((*number).into()),
            TypedParamValue::ULLong(number) => Some((*number).into()),
            TypedParamValue::Double(number) => {
                let whole = *number as i128;
                // Not so for fractions, NaN and infinities; beyond 2^53 it might be a neighbour's.
                (whole.abs() <= WHOLE_MAX && whole as f64 == *number).then_some(whole)
            }
            TypedParamValue::Boolean(_) | TypedParamValue::String(_) => None,
        }
    }
}

/// Strings in quotation marks, truth values as `true` and `false`.
impl fmt::Display for TypedParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TypedParamValue::Int(number) => number.fmt(f),
            TypedParamValue::UInt(number) => number.fmt(f),
            TypedParamValue::LLong(number) => number.fmt(f),
            TypedParamValue::ULLong(number) => number.fmt(f),
            TypedParamValue::Double(number) => number.fmt(f),
            TypedParamValue::Boolean(word) => (*word != 0).fmt(f),
            TypedParamValue::String(text) => fmt::Debug::fmt(text, f),
        }
    }
}

impl From<i32> for TypedParamValue {
    fn from(number: i32) -> TypedParamValue {
        TypedParamValue::Int(number)
    }
}

impl From<u32> for TypedParamValue {
    fn from(number: u32) -> TypedParamValue {
        TypedParamValue::UInt(number)
    }
}

impl From<i64> for TypedParamValue {
    fn from(number: i64) -> TypedParamValue {
        TypedParamValue::LLong(number)
    }
}

impl From<u64> for TypedParamValue {
    fn from(number: u64) -> TypedParamValue {
        TypedParamValue::ULLong(number)
    }
}

impl From<f64> for TypedParamValue {
    fn from(number: f64) -> TypedParamValue {
        TypedParamValue::Double(number)
    }
}

impl From<bool> for TypedParamValue {
    fn from(truth: bool) -> TypedParamValue {
        TypedParamValue::Boolean(truth.into())
    }
}

impl From<&str> for TypedParamValue {
    fn from(text: &str) -> TypedParamValue {
        TypedParamValue::String(text.into())
    }
}

impl From<String> for TypedParamValue {
    fn from(text: String) -> TypedParamValue {
        TypedParamValue::String(text.into())
    }
}

impl From<Text> for TypedParamValue {
    fn from(text: Text) -> TypedParamValue {
        TypedParamValue::String(text)
    }
}

impl From<admin::TypedParamValue> for TypedParamValue {
    fn from(value: admin::TypedParamValue) -> TypedParamValue {
        match value {
            admin::TypedParamValue::Int(number) => TypedParamValue::Int(number),
            admin::TypedParamValue::UInt(number) => TypedParamValue::UInt(number),
            admin::TypedParamValue::LLong(number) => TypedParamValue::LLong(number),
            admin::TypedParamValue::ULLong(number) => TypedParamValue::ULLong(number),
            admin::TypedParamValue::Double(number) => TypedParamValue::Double(number),
            admin::TypedParamValue::Boolean(word) => TypedParamValue::Boolean(word),
            admin::TypedParamValue::String(text) => TypedParamValue::String(text),
        }
    }
}

impl From<TypedParamValue> for admin::TypedParamValue {
    fn from(value: TypedParamValue) -> admin::TypedParamValue {
        match value {
            TypedParamValue::Int(number) => admin::TypedParamValue::Int(number),
            TypedParamValue::UInt(number) => admin::TypedParamValue::UInt(number),
            TypedParamValue::LLong(number) => admin::TypedParamValue::LLong(number),
            TypedParamValue::ULLong(number) => admin::TypedParamValue::ULLong(number),
            TypedParamValue::Double(number) => admin::TypedParamValue::Double(number),
            TypedParamValue::Boolean(word) => admin::TypedParamValue::Boolean(word),
            TypedParamValue::String(text) => admin::TypedParamValue::String(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_where_nothing_is_lost_and_doubles_from_whatever_is_near() {
        let value = TypedParamValue::from(4_294_967_295_u64);
        assert_eq!(
            (value.as_u32(), value.as_i32(), value.as_i64()),
            (Some(u32::MAX), None, Some(4_294_967_295))
        );
        let negative = TypedParamValue::from(-1);
        assert_eq!((negative.as_i64(), negative.as_u64(), negative.as_f64()), (Some(-1), None, Some(-1.0)));
        let large = TypedParamValue::from(u64::MAX);
        assert_eq!((large.as_u64(), large.as_i64()), (Some(u64::MAX), None));
        for (number, nearest) in [
            (1 << 53, 9_007_199_254_740_992.0),
            // Half way between two: the even one.
            ((1 << 53) + 1, 9_007_199_254_740_992.0),
            ((1 << 53) + 2, 9_007_199_254_740_994.0),
            (1 << 60, 1_152_921_504_606_846_976.0),
            (u64::MAX, 18_446_744_073_709_551_616.0),
        ] {
            assert_eq!(TypedParamValue::from(number).as_f64(), Some(nearest), "{number}");
        }
        // The other way it is not known which was meant.
        assert_eq!(TypedParamValue::from(9_007_199_254_740_992.0).as_u64(), Some(1 << 53));
        assert_eq!(TypedParamValue::from(9_007_199_254_740_994.0).as_u64(), None);
        for (number, whole) in
            [(2.0, Some(2)), (2.5, None), (f64::NAN, None), (f64::INFINITY, None), (1e300, None)]
        {
            assert_eq!(TypedParamValue::from(number).as_i32(), whole, "{number}");
        }
        assert_eq!(TypedParamValue::from("2").as_i32(), None);
        assert_eq!(TypedParamValue::from(true).as_i32(), None);
    }

    #[test]
    fn truth_is_a_word_or_zero_or_one() {
        for (value, truth) in [
            (TypedParamValue::Boolean(1), Some(true)),
            (TypedParamValue::Boolean(0), Some(false)),
            (TypedParamValue::UInt(1), Some(true)),
            (TypedParamValue::UInt(2), None),
            (TypedParamValue::String("true".into()), None),
        ] {
            assert_eq!(value.as_bool(), truth, "{value:?}");
        }
    }
}
