//! The report as Checkstyle's XML.

use quick_junit::XmlString;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use super::diagnostic::{Diagnostic, Report};

/// The document.
pub fn render(report: &Report) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    document(&mut writer, report).expect("a vector takes all that is written");
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    text
}

fn document(writer: &mut Writer<Vec<u8>>, report: &Report) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(BytesStart::new("checkstyle").with_attributes([("version", "4.3")])))?;
    let by_file = report.diagnostics.chunk_by(|a, b| a.primary.place.file == b.primary.place.file);
    for findings in by_file {
        let Some(first) = findings.first() else { continue };
        let mut file = BytesStart::new("file");
        attribute(&mut file, "name", &first.primary.place.file);
        writer.write_event(Event::Start(file))?;
        for found in findings {
            writer.write_event(Event::Empty(error(found)))?;
        }
        writer.write_event(Event::End(BytesEnd::new("file")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("checkstyle")))
}

fn error(found: &Diagnostic) -> BytesStart<'static> {
    let mut error = BytesStart::new("error");
    attribute(&mut error, "line", &found.primary.place.line.to_string());
    attribute(&mut error, "column", &found.primary.place.column.to_string());
    attribute(&mut error, "severity", found.level.reported());
    attribute(&mut error, "message", &found.message);
    attribute(&mut error, "source", &format!("cargo-fa.{}", found.lint.code));
    error
}

/// Adds an attribute, without the characters that XML has no place for. A reader turns a bare line end in it into a blank.
fn attribute(element: &mut BytesStart<'static>, name: &str, value: &str) {
    let clean = XmlString::new(value);
    element.push_attribute((name, clean.as_str()));
}
