//! Runs `examples/embed.rs`, so that what the documentation shows works.

#[expect(dead_code, reason = "its `main` is for people")]
#[path = "../../examples/embed.rs"]
mod embed;

#[tokio::test]
async fn the_example_does_what_the_documentation_says() {
    let mut found = Vec::new();
    embed::run(&mut found).await.unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/embedding.md");
    let page = std::fs::read_to_string(path).unwrap();
    let shown = page
        .split_once("```text\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(shown, _)| shown);
    let found = String::from_utf8(found).unwrap();
    assert_eq!(Some(&*found), shown, "docs/embedding.md shows other output");
}
