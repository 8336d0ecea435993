using System.Globalization;
using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration.Members;

/// <summary>Reads an exit that somebody publishes: JSON with the keys of an exit and <c>expires</c>.</summary>
internal static class PublishedExit
{
    private const string Expires = "expires", Expected = "seconds, or a text such as \"10m\"";

    private const string ExpectedObject = "expected a JSON object with the keys of an exit, such as { \"server\": \"socks5://host:1080\" }";

    // In the place of one that is no name, which is said once.
    private const string AnyName = "unnamed";

    // Beyond that a number is no time that anybody means.
    private const double MaxSeconds = 1e9;

    /// <summary>Reads it.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">Its name; null: that of the key <c>name</c>, or one made of its server.</param>
    /// <returns>The exit, and how long it asks to last.</returns>
    /// <exception cref="ProxyException">It is not valid; the exception has all faults, and no secret.</exception>
    public static (MemberEntry Entry, TimeSpan? Lifetime) Read(string json, string? name)
    {
        ReadContext context = new(null) { RefersToNothing = true };
        if (name is not null && !NameText.IsValid(name))
        {
            context.Errors.Add(new(0, 0, "name"), $"expected a name: {NameText.Expected}");
            name = AnyName;
        }
        ConfigNode? root = IsObject(json) ? NodeComposer.Compose(json, context.Errors) : null;
        if (root is not MapNode map)
        {
            if (context.Errors.Count == 0) context.Errors.Add(new(1, 1, ""), ExpectedObject);
            throw Fault(context);
        }
        TimeSpan? lifetime = map.Find(Expires) is { } expires ? ReadTime(expires.Value, context) : null;
        MemberEntry? entry = MemberReader.Read(map with { Entries = [.. map.Entries.Where(key => key.Key != Expires)] }, name, context);
        return entry is null || context.Errors.Count > 0 ? throw Fault(context) : (entry, lifetime);
    }

    private static TimeSpan? ReadTime(ConfigNode node, ReadContext context)
    {
        if (node is ScalarNode { IsPlain: true } number
            && double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) <= MaxSeconds)
            return TimeSpan.FromSeconds(seconds);
        if (node is ScalarNode { IsPlain: false } text && DurationText.TryParse(text.Text, out TimeSpan lifetime)) return lifetime;
        context.Values.Expect(node, Expected);
        return null;
    }

    // The nodes are read as YAML, of which JSON is a part.
    private static bool IsObject(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ProxyException Fault(ReadContext context) => new ConfigResult(null, context.Errors.InFileOrder(), "").ToException("nothing is published");
}
