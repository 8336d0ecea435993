using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>What clients may add to their user names (keys <c>name_parameters</c> and <c>name_separator</c>):
/// <c>alice+session=7</c> logs in as alice.</summary>
/// <param name="Allowed">The parameters that may be there; others are refused.</param>
/// <param name="Separator">What stands before each of them.</param>
public sealed record NameParametersConfig(IReadOnlyList<NameParameter> Allowed, char Separator = NameParametersConfig.DefaultSeparator)
{
    /// <summary>The separator where none is given.</summary>
    public const char DefaultSeparator = '+';

    internal const string ExpectedSeparator = "one visible ASCII character that is no letter, no digit and none of . _ - : @ = \" \\";

    internal static readonly DurationRange TtlRange = new("ttl", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));

    /// <summary>Whether a character can be the separator: none that a name of an exit, a parameter or Basic authentication needs.</summary>
    public static bool IsSeparator(char character) =>
        char.IsAscii(character) && !char.IsControl(character) && !char.IsAsciiLetterOrDigit(character)
        && !" ._-:@=\"\\".Contains(character, StringComparison.Ordinal);

    /// <summary>What is wrong with it beside the users of a configuration; null when nothing is.</summary>
    internal string? Problem(IEnumerable<UserConfig> users)
    {
        if (!IsSeparator(Separator)) return $"the separator is '{Separator}'; expected {ExpectedSeparator}";
        return users.FirstOrDefault(user => user.Name.Contains(Separator, StringComparison.Ordinal)) is { } taken
            ? $"the user {taken.Name} has the separator '{Separator}' in the name, so that it is not clear who logs in; choose another `name_separator`, "
                + "or rename the user"
            : null;
    }
}
