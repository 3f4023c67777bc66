//! What a colour means: the names that panes draw with and that theme files define.

macro_rules! meanings {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// What a piece of the picture means. Panes and markdown draw with meanings; a theme turns them into colours.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Meaning {
            $($(#[$doc])* $name,)*
        }

        impl Meaning {
            /// Every meaning, in the order of a theme file.
            pub const ALL: &'static [Meaning] = &[$(Meaning::$name,)*];

            /// Its key in a theme file: `syntax.*` keys stand in the table `[syntax]`, the others in `[colors]`.
            pub const fn key(self) -> &'static str {
                match self { $(Meaning::$name => $key,)* }
            }
        }
    };
}

meanings! {
    /// The picture's own foreground and background: `#c0caf5 on #1a1b26`.
    Text = "text",
    /// Secondary text: hints, timestamps, units.
    Dim = "dim",
    /// The one colour that draws the eye: focus, the selected tab, the name of the program.
    Accent = "accent",
    /// Bands that carry state: the meter and the status line.
    Bar = "bar",
    /// Overlays: pickers, help, the palette.
    Panel = "panel",
    /// Who speaks: the person.
    User = "user",
    /// Who speaks: the model.
    Assistant = "assistant",
    /// What a model thought before it answered.
    Reasoning = "reasoning",
    /// Inline code, and code without a known language.
    Code = "code",
    /// Lines, frames, rules and table borders.
    Border = "border",
    /// The selected row of a list, marked text.
    Selection = "selection",
    /// A hit of a search.
    Match = "match",
    /// It went well.
    Ok = "ok",
    /// It needs a look.
    Warn = "warn",
    /// It failed.
    Error = "error",
    /// Amounts of money.
    Money = "money",
    /// A link that can be followed.
    Link = "link",
    /// A heading of a document or of a pane.
    Heading = "heading",
    /// Quoted text.
    Quote = "quote",
    /// A line that a diff adds.
    DiffAdd = "diff_add",
    /// A line that a diff removes.
    DiffDel = "diff_del",
    /// Words of the language.
    Keyword = "syntax.keyword",
    /// Text in quotes.
    String = "syntax.string",
    /// Numbers.
    Number = "syntax.number",
    /// Comments.
    Comment = "syntax.comment",
    /// Names of functions where they are defined or called.
    Function = "syntax.function",
    /// Names of types, classes, tags.
    Type = "syntax.type",
    /// Constants, booleans, escapes.
    Constant = "syntax.constant",
    /// Attributes, annotations, decorators, keys of data.
    Attribute = "syntax.attribute",
}
