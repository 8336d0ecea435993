using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the names of network interfaces.</summary>
internal static class InterfaceBinder
{
    // IFNAMSIZ is 16 with the zero at the end.
    private const int MaxLength = 15;
    private const string Expected = "the name of a network interface such as eth0, 1 to 15 letters, digits and . _ - @";

    /// <summary>Reads the key <c>interface</c>.</summary>
    /// <returns>Null when it is absent or after an error.</returns>
    public static string? Read(MapReader reader)
    {
        if (reader.Text("interface", Expected) is not { } text) return null;
        if (IsName(text)) return text;
        reader.Context.Values.Expect(reader.Take("interface")!, Expected);
        return null;
    }

    /// <summary>Whether a text can be the name of an interface: it becomes an argument of commands and a part of a path, so no option, no folder.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(text[0])
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' or '@');
}
