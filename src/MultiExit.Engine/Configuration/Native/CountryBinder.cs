using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads countries.</summary>
internal static class CountryBinder
{
    private const string Expected = "a country by ISO 3166-1 such as DE";

    /// <summary>Reads the key <c>country</c>.</summary>
    /// <returns>Null when it is absent or after an error.</returns>
    public static string? Read(MapReader reader) => reader.Take("country") is { } node && reader.Context.Values.Text(node, Expected) is { } text
        ? Read(reader.Context, node, text)
        : null;

    /// <summary>Reads one in any case of letters; it counts only without an error.</summary>
    public static string Read(ReadContext context, ConfigNode node, string text)
    {
        if (text.Length != 2 || !text.All(char.IsAsciiLetter)) context.Values.Expect(node, Expected);
        return text.ToUpperInvariant();
    }
}
