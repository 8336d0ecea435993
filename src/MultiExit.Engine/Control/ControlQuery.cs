using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Control;

/// <summary>The parameters after the question mark of a request's target. A parameter that cannot be understood throws a
/// <see cref="FormatException"/> with a sentence for the operator.</summary>
internal sealed class ControlQuery
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="target">The target.</param>
    /// <param name="names">The parameters that are known.</param>
    public ControlQuery(string target, string[] names)
    {
        int mark = target.IndexOf('?', StringComparison.Ordinal);
        if (mark < 0) return;
        foreach (string part in target[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=', 2);
            string name = Uri.UnescapeDataString(pair[0]);
            if (!names.Contains(name, StringComparer.Ordinal)) throw new FormatException($"{NoParameter(name)} there are {string.Join(", ", names)}");
            if (!_values.TryAdd(name, pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : ""))
                throw new FormatException($"the parameter {name} is there twice");
        }
    }

    /// <summary>How a server begins that does not know a parameter, also one of an older version.</summary>
    public static string NoParameter(string name) => $"there is no parameter {name};";

    /// <summary>A path with parameters; those without a value are left out.</summary>
    public static string Target(string path, params (string Name, string? Value)[] parameters)
    {
        string query = string.Join('&', parameters.Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    /// <summary>A time as a value.</summary>
    public static string? Text(DateTimeOffset? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    /// <summary>A text; null when the parameter is absent or empty.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    /// <summary>Whether a parameter has the second of two values; the first is the default.</summary>
    public bool Choice(string name, string first, string second) =>
        Read(name, $"expected {first} or {second}", value => value == second ? true : value == first ? false : (bool?)null) ?? false;

    /// <summary>Which of some words a parameter has as its value, as an index into them; the first is the default.</summary>
    public int Word(string name, string[] words) =>
        Read(name, $"expected {string.Join(", ", words)}", value => Array.IndexOf(words, value) is >= 0 and var index ? index : (int?)null) ?? 0;

    public DateTimeOffset? Time(string name) => Read(name, "expected a time such as 2026-01-31T12:00:00Z",
        value => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time : (DateTimeOffset?)null);

    public IPAddress? Address(string name) => Read(name, "expected an IP address", value => IPAddress.TryParse(value, out IPAddress? address) ? address : null);

    public int? Number(string name) =>
        Read(name, "expected a whole number from 1",
            value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : (int?)null);

    /// <summary>A whole number, 0 among them.</summary>
    public long? Count(string name) =>
        Read(name, "expected a whole number",
            value => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : (long?)null);

    public TimeSpan? Duration(string name) =>
        Read(name, $"expected {DurationText.Expected}", value => DurationText.TryParse(value, out TimeSpan duration) ? duration : (TimeSpan?)null);

    public Destination? Destination(string name) => Read(name, "expected host:port, 192.0.2.1:443 or [2001:db8::1]:443",
        value => Protocols.Destination.TryParse(value, -1, out Destination? destination) && destination.Port > 0 ? destination : null);

    /// <summary>A value of another kind; <paramref name="read"/> gives null for what it does not understand.</summary>
    public T? Parsed<T>(string name, string expected, Func<string, T?> read) => Read(name, expected, read);

    private T? Read<T>(string name, string expected, Func<string, T?> read) =>
        Text(name) is not { } value ? default : read(value) ?? throw new FormatException($"the parameter {name} is '{value}'; {expected}");
}
