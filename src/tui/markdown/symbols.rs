//! The signs of mathematics: what TeX calls them, raised and lowered ones, fractions with a sign of their own.

pub(super) fn double_struck(c: char) -> char {
    match c {
        'N' => 'ℕ',
        'Z' => 'ℤ',
        'Q' => 'ℚ',
        'R' => 'ℝ',
        'C' => 'ℂ',
        'P' => 'ℙ',
        'H' => 'ℍ',
        'E' => '𝔼',
        'F' => '𝔽',
        '1' => '𝟙',
        c => c,
    }
}

/// Fractions with a sign of their own.
pub(super) const VULGAR: &[(&str, &str, char)] = &[
    ("1", "2", '½'),
    ("1", "3", '⅓'),
    ("2", "3", '⅔'),
    ("1", "4", '¼'),
    ("3", "4", '¾'),
    ("1", "5", '⅕'),
    ("1", "6", '⅙'),
    ("1", "8", '⅛'),
];

#[rustfmt::skip]
pub(super) const SUPERSCRIPTS: &[(char, char)] = &[
    ('0', '⁰'), ('1', '¹'), ('2', '²'), ('3', '³'), ('4', '⁴'), ('5', '⁵'), ('6', '⁶'), ('7', '⁷'), ('8', '⁸'), ('9', '⁹'),
    ('+', '⁺'), ('-', '⁻'), ('−', '⁻'), ('=', '⁼'), ('(', '⁽'), (')', '⁾'), ('a', 'ᵃ'), ('b', 'ᵇ'), ('c', 'ᶜ'), ('d', 'ᵈ'),
    ('e', 'ᵉ'), ('f', 'ᶠ'), ('g', 'ᵍ'), ('h', 'ʰ'), ('i', 'ⁱ'), ('j', 'ʲ'), ('k', 'ᵏ'), ('l', 'ˡ'), ('m', 'ᵐ'), ('n', 'ⁿ'),
    ('o', 'ᵒ'), ('p', 'ᵖ'), ('r', 'ʳ'), ('s', 'ˢ'), ('t', 'ᵗ'), ('u', 'ᵘ'), ('v', 'ᵛ'), ('w', 'ʷ'), ('x', 'ˣ'), ('y', 'ʸ'),
    ('z', 'ᶻ'), ('T', 'ᵀ'), ('N', 'ᴺ'), ('′', '′'), ('∗', '*'), ('⊤', 'ᵀ'), ('∘', '°'),
];

#[rustfmt::skip]
pub(super) const SUBSCRIPTS: &[(char, char)] = &[
    ('0', '₀'), ('1', '₁'), ('2', '₂'), ('3', '₃'), ('4', '₄'), ('5', '₅'), ('6', '₆'), ('7', '₇'), ('8', '₈'), ('9', '₉'),
    ('+', '₊'), ('-', '₋'), ('−', '₋'), ('=', '₌'), ('(', '₍'), (')', '₎'), ('a', 'ₐ'), ('e', 'ₑ'), ('h', 'ₕ'), ('i', 'ᵢ'),
    ('j', 'ⱼ'), ('k', 'ₖ'), ('l', 'ₗ'), ('m', 'ₘ'), ('n', 'ₙ'), ('o', 'ₒ'), ('p', 'ₚ'), ('r', 'ᵣ'), ('s', 'ₛ'), ('t', 'ₜ'),
    ('u', 'ᵤ'), ('v', 'ᵥ'), ('x', 'ₓ'), ('β', 'ᵦ'), ('γ', 'ᵧ'), ('ρ', 'ᵨ'), ('φ', 'ᵩ'), ('χ', 'ᵪ'),
];

/// Commands that are one symbol, sorted by name.
#[rustfmt::skip]
pub(super) const NAMES: &[(&str, &str)] = &[
    ("Delta", "Δ"), ("Gamma", "Γ"), ("Im", "ℑ"), ("Lambda", "Λ"), ("Leftarrow", "⇐"), ("Leftrightarrow", "⇔"),
    ("Longrightarrow", "⟹"), ("Omega", "Ω"), ("Phi", "Φ"), ("Pi", "Π"), ("Psi", "Ψ"), ("Re", "ℜ"),
    ("Rightarrow", "⇒"), ("Sigma", "Σ"), ("Theta", "Θ"), ("Upsilon", "Υ"), ("Vert", "‖"), ("Xi", "Ξ"),
    ("aleph", "ℵ"), ("alpha", "α"), ("angle", "∠"), ("approx", "≈"), ("ast", "∗"), ("asymp", "≍"),
    ("backslash", "\\"), ("because", "∵"), ("beta", "β"), ("bigcap", "⋂"), ("bigcup", "⋃"), ("bigoplus", "⨁"),
    ("bigotimes", "⨂"), ("blacksquare", "■"), ("bot", "⊥"), ("bullet", "•"), ("cap", "∩"), ("cdot", "·"),
    ("cdots", "⋯"), ("checkmark", "✓"), ("chi", "χ"), ("circ", "∘"), ("colon", ":"), ("coloneqq", "≔"),
    ("complement", "∁"), ("cong", "≅"), ("coprod", "∐"), ("cup", "∪"), ("dagger", "†"), ("ddagger", "‡"),
    ("ddots", "⋱"), ("degree", "°"), ("delta", "δ"), ("div", "÷"), ("doteq", "≐"), ("dots", "…"),
    ("downarrow", "↓"), ("ell", "ℓ"), ("emptyset", "∅"), ("epsilon", "ε"), ("equiv", "≡"), ("eta", "η"),
    ("exists", "∃"), ("forall", "∀"), ("gamma", "γ"), ("ge", "≥"), ("geq", "≥"), ("geqslant", "≥"), ("gets", "←"),
    ("gg", "≫"), ("gt", ">"), ("hbar", "ℏ"), ("hookrightarrow", "↪"), ("iff", "⟺"), ("iiint", "∭"), ("iint", "∬"),
    ("implies", "⟹"), ("in", "∈"), ("infty", "∞"), ("int", "∫"), ("iota", "ι"), ("kappa", "κ"), ("lVert", "‖"),
    ("lambda", "λ"), ("land", "∧"), ("langle", "⟨"), ("lceil", "⌈"), ("ldots", "…"), ("le", "≤"),
    ("leftarrow", "←"), ("leftrightarrow", "↔"), ("leq", "≤"), ("leqslant", "≤"), ("lfloor", "⌊"), ("ll", "≪"),
    ("lnot", "¬"), ("longleftarrow", "⟵"), ("longrightarrow", "⟶"), ("lor", "∨"), ("lt", "<"), ("lvert", "|"),
    ("mapsto", "↦"), ("mid", "∣"), ("models", "⊨"), ("mp", "∓"), ("mu", "μ"), ("nabla", "∇"), ("ne", "≠"),
    ("neg", "¬"), ("neq", "≠"), ("nexists", "∄"), ("ni", "∋"), ("notin", "∉"), ("nu", "ν"), ("odot", "⊙"),
    ("oint", "∮"), ("omega", "ω"), ("omicron", "ο"), ("ominus", "⊖"), ("oplus", "⊕"), ("otimes", "⊗"),
    ("parallel", "∥"), ("partial", "∂"), ("perp", "⊥"), ("phi", "φ"), ("pi", "π"), ("pm", "±"), ("prec", "≺"),
    ("prime", "′"), ("prod", "∏"), ("propto", "∝"), ("psi", "ψ"), ("qed", "∎"), ("rVert", "‖"), ("rangle", "⟩"),
    ("rceil", "⌉"), ("rfloor", "⌋"), ("rho", "ρ"), ("rightarrow", "→"), ("rightharpoonup", "⇀"), ("rvert", "|"),
    ("setminus", "∖"), ("sigma", "σ"), ("sim", "∼"), ("simeq", "≃"), ("sqcap", "⊓"), ("sqcup", "⊔"),
    ("square", "□"), ("star", "⋆"), ("subset", "⊂"), ("subseteq", "⊆"), ("succ", "≻"), ("sum", "∑"),
    ("supset", "⊃"), ("supseteq", "⊇"), ("surd", "√"), ("tau", "τ"), ("therefore", "∴"), ("theta", "θ"),
    ("times", "×"), ("to", "→"), ("top", "⊤"), ("triangle", "△"), ("triangleq", "≜"), ("uparrow", "↑"),
    ("upsilon", "υ"), ("varepsilon", "ε"), ("varnothing", "∅"), ("varphi", "φ"), ("varpi", "ϖ"), ("varrho", "ϱ"),
    ("varsigma", "ς"), ("vartheta", "ϑ"), ("vdash", "⊢"), ("vdots", "⋮"), ("vee", "∨"), ("vert", "|"),
    ("wedge", "∧"), ("wp", "℘"), ("xi", "ξ"), ("zeta", "ζ"),
];
