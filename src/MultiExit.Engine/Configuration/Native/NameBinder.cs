using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the key <c>name</c>.</summary>
internal static class NameBinder
{
    /// <summary>Reads a name that must be there.</summary>
    public static string? Read(MapReader reader) =>
        reader.Require("name", $"a name: {NameText.Expected}") is { } node ? Check(reader.Context, node) : null;

    /// <summary>Reads a name that may be absent.</summary>
    public static string? ReadOptional(MapReader reader) => reader.Take("name") is { } node ? Check(reader.Context, node) : null;

    private static string? Check(ReadContext context, ConfigNode node)
    {
        string expected = $"a name: {NameText.Expected}";
        string? text = context.Values.Text(node, expected);
        if (text is null || NameText.IsValid(text)) return text;
        context.Values.Expect(node, expected);
        return null;
    }
}
