using System.Text.Json;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.BackEnds;

/// <summary>Reads the JSON that an HTTP back-end answers with (docs/configuration.md). What it does not know of is left alone; what it knows of has to be
/// right, since a limit that is not understood would be none.</summary>
internal static class HttpAnswerReader
{
    /// <summary>The most octets of an answer.</summary>
    public const int MaxLength = 64 * 1024;

    private const int MaxName = 255;
    private const int MaxDepth = 16;

    /// <summary>Reads an answer.</summary>
    /// <param name="json">The body.</param>
    /// <param name="asked">The name that was asked about; null: a token alone.</param>
    public static BackEndAnswer Read(ReadOnlyMemory<byte> json, string? asked)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return Read(document.RootElement, asked);
        }
        catch (JsonException)
        {
            // Of two answers in one, other programs would take the other.
            return Faulty("it is no JSON, or has a key twice");
        }
        catch (InvalidOperationException)
        {
            // A text with half a character in it.
            return Faulty("it has a text that is no Unicode");
        }
    }

    private static BackEndAnswer Read(JsonElement root, string? asked)
    {
        if (root.ValueKind != JsonValueKind.Object) return Faulty("it is no JSON object");
        if (!root.TryGetProperty("allow", out JsonElement allow) || allow.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return Faulty("it has no `allow`: true or false");
        if (allow.ValueKind == JsonValueKind.False) return BackEndAnswer.Denied;
        if (!TryText(root, "user", out string? user) || (user ?? asked) is not { } name || !IsName(name))
            return Faulty("its `user` is no name of 1 to 255 octets without control characters");
        if (!TryText(root, "exit", out string? exit) || exit?.Length == 0) return Faulty("its `exit` is no text");
        if (ReadGroups(root, out IReadOnlyList<string> groups) is { } badGroups) return Faulty(badGroups);
        if (ReadLimits(root, out ScopeLimits? limits) is { } badLimits) return Faulty(badLimits);
        return BackEndAnswer.Allowed(new BackEndUser(name) { Groups = groups, Limits = limits, Exit = exit });
    }

    // Null is as good as nothing.
    private static bool TryText(JsonElement root, string key, out string? text)
    {
        text = null;
        if (!root.TryGetProperty(key, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString();
        return true;
    }

    private static string? ReadGroups(JsonElement root, out IReadOnlyList<string> groups)
    {
        groups = [];
        if (!root.TryGetProperty("groups", out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Array) return "its `groups` are no list";
        if (value.GetArrayLength() > BackEndUser.MaxGroups) return $"it has more than {BackEndUser.MaxGroups} `groups`";
        List<string> names = [];
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { } name || !NameText.IsValid(name))
                return $"one of its `groups` is no name; expected {NameText.Expected}";
            if (!names.Contains(name, StringComparer.Ordinal)) names.Add(name);
        }
        groups = names;
        return null;
    }

    private static string? ReadLimits(JsonElement root, out ScopeLimits? limits)
    {
        limits = null;
        if (!root.TryGetProperty("limits", out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Object) return "its `limits` are no object";
        ScopeLimits read = new();
        foreach (JsonProperty limit in value.EnumerateObject())
        {
            long? number = Number(limit);
            read = limit.Name switch
            {
                "connections" => read with { Connections = Int(number) },
                "new" => read with { NewPerSecond = Int(number) },
                "bandwidth" => read with { Bandwidth = number },
                "udp" => read with { Associations = Int(number) },
                "quota" => read with { Quota = number },
                _ => ScopeLimits.None,
            };
            if (ReferenceEquals(read, ScopeLimits.None)) return "its `limits` have a key other than connections, new, bandwidth, udp and quota";
            if (number is null) return $"its `limits.{limit.Name}` is neither a number nor a text as in the configuration";
        }
        List<string> problems = [];
        read.Check(new ValueCheck("limits", problems));
        limits = read;
        return problems.Count == 0 ? null : problems[0];
    }

    // A number counts in the smallest unit: bytes, or bytes a second.
    private static long? Number(JsonProperty limit)
    {
        if (limit.Value.ValueKind == JsonValueKind.Number) return limit.Value.TryGetInt64(out long number) ? number : null;
        if (limit.Value.ValueKind != JsonValueKind.String || limit.Value.GetString() is not { } text) return null;
        return limit.Name switch
        {
            "new" => RateText.TryParse(text, out int rate) ? rate : null,
            "bandwidth" => RateText.TryParseBytes(text, out long bandwidth) ? bandwidth : null,
            "quota" => SizeText.TryParse(text, out long quota) ? quota : null,
            _ => null,
        };
    }

    // Out of all ranges where it does not fit.
    private static int? Int(long? number) => number is { } value ? (int)Math.Clamp(value, -1, int.MaxValue) : null;

    private static bool IsName(string name) =>
        name.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(name) <= MaxName && !name.Any(char.IsControl);

    private static BackEndAnswer Faulty(string reason) => BackEndAnswer.Unusable($"its answer is not right: {reason}");
}
