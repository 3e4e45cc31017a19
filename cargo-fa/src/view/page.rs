//! The page: everything that it needs is in it, and it asks nobody else for anything.

use serde::Serialize;

use super::folder::{Entry, Trouble};

const SCRIPT: &str = include_str!("../../assets/view.js");
const STYLE: &str = include_str!("../../assets/view.css");

/// What the page finds in itself when it starts.
#[derive(Debug, Serialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
pub enum Feed<'a> {
    /// It listens.
    Events {
        /// Where.
        url: &'a str,
        /// Where to ask for a whole snapshot.
        snapshots: &'a str,
    },
    /// All that there is to show.
    Report {
        /// The snapshots.
        entries: &'a [Entry],
        /// What could not be read.
        troubles: &'a [Trouble],
    },
}

/// What the page may do, for a `Content-Security-Policy`: run this script and this style, and talk to where it came
/// from if it listens.
#[must_use]
pub fn policy(feed: &Feed<'_>, nonce: &str) -> String {
    let connect = match feed {
        Feed::Events { .. } => "'self'",
        Feed::Report { .. } => "'none'",
    };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src {connect}; base-uri 'none'; \
         form-action 'none'"
    )
}

/// The page as HTML. `nonce` is made of letters and digits.
#[must_use]
pub fn html(feed: &Feed<'_>, nonce: &str) -> String {
    let policy = policy(feed, nonce);
    // Within a script element nothing is markup but `<`, and JSON has that only in its strings. Its serialisation
    // fails for maps whose keys are no strings, of which there are none.
    let data = serde_json::to_string(feed).unwrap_or_default().replace('<', "\\u003c");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>framealloc memory</title>\n\
         <style nonce=\"{nonce}\">\n{STYLE}</style>\n</head>\n<body>\n\
         <script type=\"application/json\" id=\"framealloc-feed\">{data}</script>\n\
         <script nonce=\"{nonce}\">\n{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Feed, SCRIPT, STYLE, html};
    use crate::view::folder::Folder;
    use framealloc_snapshot::{Snapshot, SnapshotFileName, TagSnapshot};

    #[test]
    fn no_name_gets_out_of_the_data() {
        let folder = tempfile::tempdir().unwrap();
        let name = SnapshotFileName { sequence: 1, writer: 1 };
        let tag = "</script><img src=x onerror=alert(1)><!--";
        let json = Snapshot::new(1).with_tag(TagSnapshot::new(tag)).to_json();
        std::fs::write(folder.path().join(name.to_string()), json).unwrap();
        let entry = Folder::new(folder.path().to_owned()).read(name).unwrap().unwrap();
        let page = html(&Feed::Report { entries: &[entry], troubles: &[] }, "abc");
        let data = page.split_once("id=\"framealloc-feed\">").unwrap().1.split_once("</script>").unwrap().0;
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["entries"][0]["snapshot"]["tags"][0]["path"], tag);
        assert!(!page.contains("<img"));
    }

    #[test]
    fn the_bundle_fits_into_a_page() {
        assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--") && !STYLE.contains("</style"));
        for outside in ["http://", "https://", "//# sourceMappingURL"] {
            let asks = |text: &str| text.contains(outside) && !text.contains("http://www.w3.org");
            assert!(!asks(SCRIPT) && !asks(STYLE), "{outside}");
        }
    }
}
