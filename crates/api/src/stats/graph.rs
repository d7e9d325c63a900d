//! Graphs as clients draw them: columns of numbers, each with its type, name and colour.
//! Source: core.telegram.org/api/stats, "Graph visualization".

use serde_json::{Map, Value, json};
use tl::{enums, types};

/// How the lines of a graph look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Lines.
    Line,
    /// Bars on top of one another.
    Bar,
}

const COLORS: [&str; 4] = ["BLUE#327FE5", "GREEN#64ADED", "RED#E65850", "GOLDEN#EDAC1F"];

/// A graph over moments in milliseconds, or hours, or days of the week.
pub(super) fn graph(at: &[i64], kind: Kind, lines: &[(&str, Vec<u32>)]) -> enums::StatsGraph {
    zoomed(at, kind, lines, None)
}

/// The same, with the name under which one of its days is drawn by the hour.
pub(super) fn zoomed(
    at: &[i64],
    kind: Kind,
    lines: &[(&str, Vec<u32>)],
    zoom_token: Option<String>,
) -> enums::StatsGraph {
    let data = drawn(at, kind, lines).to_string();
    types::StatsGraph { json: types::DataJson { data }.into(), zoom_token }.into()
}

fn drawn(at: &[i64], kind: Kind, lines: &[(&str, Vec<u32>)]) -> Value {
    let mut columns = vec![column("x", at)];
    let (mut kinds, mut names, mut colors) = (Map::new(), Map::new(), Map::new());
    kinds.insert("x".into(), json!("x"));
    for (n, (name, values)) in lines.iter().enumerate() {
        let line = format!("y{n}");
        columns.push(column(&line, values));
        kinds.insert(line.clone(), json!(if kind == Kind::Line { "line" } else { "bar" }));
        names.insert(line.clone(), json!(name));
        colors.insert(line, json!(COLORS[n % COLORS.len()]));
    }
    let mut all = json!({ "columns": columns, "types": kinds, "names": names, "colors": colors, "hidden": [] });
    if kind == Kind::Bar && lines.len() > 1 {
        all["stacked"] = json!(true);
    }
    all
}

fn column<T: Copy + Into<Value>>(name: &str, values: &[T]) -> Value {
    std::iter::once(json!(name)).chain(values.iter().map(|it| (*it).into())).collect()
}

/// A graph that the server does not have.
pub(super) fn unknown(why: &str) -> enums::StatsGraph {
    types::StatsGraphError { error: why.to_owned() }.into()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The columns of a graph by name, as a client reads them.
    pub(in crate::stats) fn columns(graph: &enums::StatsGraph) -> Vec<(String, Vec<i64>)> {
        let enums::StatsGraph::Graph(graph) = graph else { panic!("a graph: {graph:?}") };
        let enums::DataJson::Json(json) = &graph.json;
        let parsed: Value = serde_json::from_str(&json.data).expect("a graph is JSON");
        let columns = parsed["columns"].as_array().expect("columns");
        let all: Vec<_> = columns
            .iter()
            .map(|it| {
                let column = it.as_array().expect("a column");
                let name = column[0].as_str().expect("a name").to_owned();
                (name, column[1..].iter().map(|it| it.as_i64().expect("a number")).collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(all[0].0, "x");
        for (name, column) in &all {
            assert_eq!(column.len(), all[0].1.len(), "{name} has a number for each moment");
            assert!(parsed["types"][name].is_string(), "{name} has a type");
            assert!(name == "x" || parsed["names"][name].is_string() && parsed["colors"][name].is_string());
        }
        all
    }

    #[test]
    fn a_graph_parses_as_json_with_a_type_a_name_and_a_colour_for_each_line() {
        let made = graph(&[1000, 2000], Kind::Bar, &[("a \"name\"", vec![1, 2]), ("b", vec![3, 4])]);
        let columns = columns(&made);
        assert_eq!(columns[0].1, [1000, 2000]);
        assert_eq!(columns[2], ("y1".into(), vec![3, 4]));
    }
}
