using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Identity;

/// <summary>Reads the names that clients log in with: <c>alice+session=7+exit=wan2</c>.</summary>
internal static class NameReader
{
    /// <summary>The longest key of a session.</summary>
    public const int MaxSession = 128;

    private const int MaxShown = 16;

    // In the order of NameParameter.
    private static readonly string[] Keys = ["session", "exit", "country", "ttl"];

    /// <summary>Takes a name apart.</summary>
    /// <param name="name">The name as it came.</param>
    /// <param name="syntax">What may stand behind the user; null: nothing, all of it is the user.</param>
    /// <returns>The user, and what it has chosen; null: nothing.</returns>
    public static (string User, NameChoice? Choice) Read(string name, NameParametersConfig? syntax)
    {
        if (syntax is null || name.IndexOf(syntax.Separator, StringComparison.Ordinal) is not (>= 0 and var end)) return (name, null);
        NameChoice choice = new();
        HashSet<NameParameter> seen = [];
        // One more than there can be without a fault: nobody has logged in yet, and a thousand parts are as many objects.
        foreach (string part in name[(end + 1)..].Split(syntax.Separator, Keys.Length + 1))
        {
            choice = Add(choice, part, syntax, seen);
            if (choice.Problem is not null) break;
        }
        if (choice is { Problem: null, Ttl: not null, Session: null }) choice = choice with { Problem = "`ttl` in the user name needs a `session` there" };
        return (name[..end], choice);
    }

    private static NameChoice Add(NameChoice choice, string part, NameParametersConfig syntax, HashSet<NameParameter> seen)
    {
        int equals = part.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return choice with { Problem = $"the user name has a part behind {syntax.Separator} that is not KEY=VALUE" };
        string key = part[..equals], value = part[(equals + 1)..];
        int index = Array.IndexOf(Keys, key);
        if (index < 0) return choice with { Problem = Unknown(key, syntax) };
        NameParameter parameter = (NameParameter)index;
        if (!syntax.Allowed.Contains(parameter)) return choice with { Problem = $"`{key}` in the user name is not in `name_parameters`" };
        if (!seen.Add(parameter)) return choice with { Problem = $"`{key}` stands in the user name twice" };
        return parameter switch
        {
            NameParameter.Session when IsSession(value) => choice with { Session = value },
            NameParameter.Session => Bad($"1 to {MaxSession} visible ASCII characters"),
            NameParameter.Exit when IsExit(value) => choice with { Exit = value },
            NameParameter.Exit => Bad("the name of an exit"),
            NameParameter.Country when value.Length == 2 && value.All(char.IsAsciiLetter) => choice with { Country = value.ToUpperInvariant() },
            NameParameter.Country => Bad("two letters such as de"),
            _ when DurationText.TryParse(value, out TimeSpan ttl) && NameParametersConfig.TtlRange.Problem(ttl) is null => choice with { Ttl = ttl },
            _ => Bad(RangeOf(NameParametersConfig.TtlRange)),
        };

        NameChoice Bad(string expected) => choice with { Problem = $"`{key}` in the user name has a bad value; expected {expected}" };
    }

    // What is no parameter may be a part of a password in the wrong field: only a word is shown.
    private static string Unknown(string key, NameParametersConfig syntax)
    {
        string[] known = [.. syntax.Allowed.Select(parameter => Keys[(int)parameter])];
        string shown = key.Length is > 0 and <= MaxShown && key.All(c => c is (>= 'a' and <= 'z') or '_') ? $"`{key}`" : "a parameter that is unknown";
        string? near = EditDistance.Nearest(key, known);
        return $"the user name has {shown}; expected {string.Join(", ", known)}" + (near is null ? "" : $" (did you mean {near}?)");
    }

    // An address of a pool stands behind the pool's name.
    private static bool IsExit(string value) => AddressPools.PoolOf(value) is var name && NameText.IsValid(name)
        && (name.Length == value.Length || AddressText.TryParse(value[(name.Length + 1)..], out _));

    private static bool IsSession(string value) => value.Length is > 0 and <= MaxSession && value.All(c => c is > ' ' and <= '~');

    private static string RangeOf(DurationRange range) => $"a duration such as 10m, {DurationText.Format(range.Min)} to {DurationText.Format(range.Max)}";
}
