//! Values of the component model as JSON, typed by a function's signature.
//!
//! | type | JSON |
//! |---|---|
//! | `bool`, `string` | the same |
//! | `u8` … `s64` | a whole number |
//! | `f32`, `f64` | a number, `"nan"`, `"inf"` or `"-inf"` |
//! | `char` | a string of one character |
//! | `list`, `tuple` | an array |
//! | `map` | an array of `[key, value]` |
//! | `record` | an object with every field |
//! | `enum` | its case as a string |
//! | `variant` | its case as a string, or `{"case": payload}` |
//! | `option` | `null` or the value; `{"some": value}` where the value may be `null` itself |
//! | `result` | `{"ok": value}` or `{"err": value}`, with `null` for no value |
//! | `flags` | an array of the names that are set |
//!
//! Resources, streams, futures and error contexts are refused.

use serde_json::{Map, Value, json};
use wasmtime::component::{Type, Val};

/// Reads a JSON array of arguments. The error says which argument and why.
pub(super) fn from_json(params: &[Type], json: &str) -> Result<Vec<Val>, String> {
    let values: Vec<Value> = serde_json::from_str(json)
        .map_err(|error| format!("the arguments are not a JSON array: {error}"))?;
    if values.len() != params.len() {
        return Err(format!(
            "the function takes {} arguments and was given {}",
            params.len(),
            values.len()
        ));
    }
    params
        .iter()
        .zip(&values)
        .enumerate()
        .map(|(index, (ty, value))| {
            read(ty, value).map_err(|message| format!("argument {index}: {message}"))
        })
        .collect()
}

/// Writes results as a JSON array.
pub(super) fn to_json(values: &[Val]) -> Result<Value, String> {
    values.iter().map(write).collect()
}

fn read(ty: &Type, value: &Value) -> Result<Val, String> {
    let wanted = |what: &str| Err(format!("{what} is wanted, not {value}"));
    Ok(match ty {
        Type::Bool => match value {
            Value::Bool(value) => Val::Bool(*value),
            _ => return wanted("true or false"),
        },
        Type::S8 => Val::S8(integer(value)?),
        Type::U8 => Val::U8(integer(value)?),
        Type::S16 => Val::S16(integer(value)?),
        Type::U16 => Val::U16(integer(value)?),
        Type::S32 => Val::S32(integer(value)?),
        Type::U32 => Val::U32(integer(value)?),
        Type::S64 => Val::S64(integer(value)?),
        Type::U64 => Val::U64(integer(value)?),
        Type::Float32 => Val::Float32(float(value)?),
        Type::Float64 => Val::Float64(float(value)?),
        Type::Char => match value
            .as_str()
            .map(|text| (text.chars().next(), text.chars().count()))
        {
            Some((Some(char), 1)) => Val::Char(char),
            _ => return wanted("a string of one character"),
        },
        Type::String => match value {
            Value::String(text) => Val::String(text.clone()),
            _ => return wanted("a string"),
        },
        Type::List(list) => {
            let items = array(value)?.iter().map(|item| read(&list.ty(), item));
            Val::List(items.collect::<Result<_, _>>()?)
        }
        Type::Map(map) => {
            let entries = array(value)?.iter().map(|entry| match entry.as_array() {
                Some(pair) if pair.len() == 2 => {
                    Ok((read(&map.key(), &pair[0])?, read(&map.value(), &pair[1])?))
                }
                _ => Err(format!("a [key, value] is wanted, not {entry}")),
            });
            Val::Map(entries.collect::<Result<_, String>>()?)
        }
        Type::Tuple(tuple) => {
            let items = array(value)?;
            if items.len() != tuple.types().len() {
                return Err(format!(
                    "{} values are wanted, not {}",
                    tuple.types().len(),
                    items.len()
                ));
            }
            let items = tuple.types().zip(items).map(|(ty, item)| read(&ty, item));
            Val::Tuple(items.collect::<Result<_, _>>()?)
        }
        Type::Record(record) => {
            let Value::Object(object) = value else {
                return wanted("an object");
            };
            let names: Vec<&str> = record.fields().map(|field| field.name).collect();
            if let Some(unknown) = object.keys().find(|key| !names.contains(&key.as_str())) {
                return Err(format!(
                    "there is no field `{unknown}`; the fields are {}",
                    names.join(", ")
                ));
            }
            let fields = record.fields().map(|field| {
                let value = object.get(field.name).unwrap_or(&Value::Null);
                let value = read(&field.ty, value)
                    .map_err(|error| format!("field `{}`: {error}", field.name))?;
                Ok((field.name.to_owned(), value))
            });
            Val::Record(fields.collect::<Result<_, String>>()?)
        }
        Type::Enum(cases) => match value
            .as_str()
            .filter(|name| cases.names().any(|case| case == *name))
        {
            Some(name) => Val::Enum(name.to_owned()),
            None => {
                return wanted(&format!(
                    "one of {}",
                    cases.names().collect::<Vec<_>>().join(", ")
                ));
            }
        },
        Type::Variant(variant) => {
            let (name, payload) = tagged(value)?;
            let Some(case) = variant.cases().find(|case| case.name == name) else {
                let names: Vec<&str> = variant.cases().map(|case| case.name).collect();
                return wanted(&format!("one of {}", names.join(", ")));
            };
            Val::Variant(name.to_owned(), read_payload(case.ty.as_ref(), payload)?)
        }
        Type::Option(option) => match (value, option.ty()) {
            (Value::Null, _) => Val::Option(None),
            (_, Type::Option(_)) => match tagged(value)? {
                ("some", Some(inner)) => Val::Option(Some(Box::new(read(&option.ty(), inner)?))),
                _ => return wanted("null or {\"some\": …}"),
            },
            (_, ty) => Val::Option(Some(Box::new(read(&ty, value)?))),
        },
        Type::Result(result) => match tagged(value)? {
            ("ok", payload) => Val::Result(Ok(read_payload(result.ok().as_ref(), payload)?)),
            ("err", payload) => Val::Result(Err(read_payload(result.err().as_ref(), payload)?)),
            _ => return wanted("{\"ok\": …} or {\"err\": …}"),
        },
        Type::Flags(flags) => {
            let names = array(value)?.iter().map(|name| {
                match name
                    .as_str()
                    .filter(|name| flags.names().any(|flag| flag == *name))
                {
                    Some(name) => Ok(name.to_owned()),
                    None => Err(format!(
                        "{name} is none of {}",
                        flags.names().collect::<Vec<_>>().join(", ")
                    )),
                }
            });
            Val::Flags(names.collect::<Result<_, String>>()?)
        }
        Type::Own(_) | Type::Borrow(_) => {
            return Err("a resource cannot be given as JSON".to_owned());
        }
        Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
            return Err("a stream, future or error context cannot be given as JSON".to_owned());
        }
    })
}

fn read_payload(ty: Option<&Type>, value: Option<&Value>) -> Result<Option<Box<Val>>, String> {
    match (ty, value.filter(|value| ty.is_some() || !value.is_null())) {
        (None, None) => Ok(None),
        (None, Some(value)) => Err(format!("no value is wanted, not {value}")),
        (Some(ty), value) => Ok(Some(Box::new(read(ty, value.unwrap_or(&Value::Null))?))),
    }
}

/// A case's name, and what it carries.
fn tagged(value: &Value) -> Result<(&str, Option<&Value>), String> {
    match value {
        Value::String(name) => Ok((name, None)),
        Value::Object(object) if object.len() == 1 => object
            .iter()
            .next()
            .map(|(name, payload)| (name.as_str(), Some(payload)))
            .ok_or_else(String::new),
        _ => Err(format!(
            "a name, or an object with one field, is wanted, not {value}"
        )),
    }
}

fn array(value: &Value) -> Result<&Vec<Value>, String> {
    value
        .as_array()
        .ok_or_else(|| format!("an array is wanted, not {value}"))
}

fn integer<T: TryFrom<i64> + TryFrom<u64>>(value: &Value) -> Result<T, String> {
    value
        .as_i64()
        .and_then(|number| T::try_from(number).ok())
        .or_else(|| value.as_u64().and_then(|number| T::try_from(number).ok()))
        .ok_or_else(|| {
            format!(
                "{value} is no whole number that fits {}",
                std::any::type_name::<T>()
            )
        })
}

fn float<T: std::str::FromStr>(value: &Value) -> Result<T, String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) if ["nan", "inf", "-inf"].contains(&text.as_str()) => text.clone(),
        _ => {
            return Err(format!(
                "a number, \"nan\", \"inf\" or \"-inf\" is wanted, not {value}"
            ));
        }
    };
    text.parse()
        .map_err(|_| format!("{value} is not a floating-point number"))
}

fn write(value: &Val) -> Result<Value, String> {
    let payload = |value: &Option<Box<Val>>| match value {
        Some(value) => write(value),
        None => Ok(Value::Null),
    };
    Ok(match value {
        Val::Bool(value) => json!(value),
        Val::S8(value) => json!(value),
        Val::U8(value) => json!(value),
        Val::S16(value) => json!(value),
        Val::U16(value) => json!(value),
        Val::S32(value) => json!(value),
        Val::U32(value) => json!(value),
        Val::S64(value) => json!(value),
        Val::U64(value) => json!(value),
        // By way of its shortest text: not the f64 beside it.
        Val::Float32(value) => write_float(f64::from(*value), value.to_string().parse()),
        Val::Float64(value) => write_float(*value, Ok(*value)),
        Val::Char(value) => json!(value),
        Val::String(value) => json!(value),
        Val::List(values) | Val::Tuple(values) => to_json(values)?,
        Val::Map(entries) => entries
            .iter()
            .map(|(key, value)| Ok(json!([write(key)?, write(value)?])))
            .collect::<Result<_, String>>()?,
        Val::Record(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), write(value)?)));
            Value::Object(fields.collect::<Result<Map<_, _>, String>>()?)
        }
        Val::Enum(name) => json!(name),
        Val::Variant(name, None) => json!(name),
        Val::Variant(name, Some(value)) => json!({ name.as_str(): write(value)? }),
        Val::Option(None) => Value::Null,
        Val::Option(Some(value)) => match **value {
            Val::Option(_) => json!({ "some": write(value)? }),
            _ => write(value)?,
        },
        Val::Result(Ok(value)) => json!({ "ok": payload(value)? }),
        Val::Result(Err(value)) => json!({ "err": payload(value)? }),
        Val::Flags(names) => json!(names),
        Val::Resource(_) | Val::Future(_) | Val::Stream(_) | Val::ErrorContext(_) => {
            return Err(
                "the result holds a resource, a stream, a future or an error context, \
                        which cannot be written as JSON"
                    .to_owned(),
            );
        }
    })
}

fn write_float(value: f64, shortest: Result<f64, std::num::ParseFloatError>) -> Value {
    if value.is_nan() {
        json!("nan")
    } else if value.is_infinite() {
        json!(if value > 0.0 { "inf" } else { "-inf" })
    } else {
        json!(shortest.unwrap_or(value))
    }
}
