using System.Management.Automation;
using System.Text.RegularExpressions;

namespace MultiExit;

/// <summary>A name that is looked for: what a user types is a wildcard pattern, what the pipeline brings stands for itself. Case counts only
/// where two names differ by nothing else; the culture never does.</summary>
internal sealed class NamePattern
{
    private readonly WildcardPattern? _wildcard;

    private NamePattern(string text, WildcardPattern? wildcard)
    {
        Text = text;
        _wildcard = wildcard;
    }

    /// <summary>The text as it was given.</summary>
    public string Text { get; }

    /// <summary>Whether it may stand for any number of names, so that it is no error when there is none.</summary>
    public bool IsWildcard => _wildcard is not null && WildcardPattern.ContainsWildcardCharacters(Text);

    /// <summary>The one name that it stands for when it is no wildcard.</summary>
    public string Unescaped => _wildcard is null ? Text : WildcardPattern.Unescape(Text);

    /// <summary>The end of an error that nothing has this name, where it was meant for a pattern.</summary>
    public string Hint => _wildcard is null && WildcardPattern.ContainsWildcardCharacters(Text)
        ? " What comes through the pipeline stands for itself; a pattern is given as an argument." : "";

    /// <summary>A pattern of <c>*</c> and <c>?</c> alone that stands for all names that this one does, and maybe for others.</summary>
    public string Wider => Regex.Replace(Text, _wildcard is null ? @"[*?\\]" : @"\[[^\]]*\]?|`.?|\\", "*", RegexOptions.NonBacktracking);

    /// <summary>A text that a user typed.</summary>
    public static NamePattern Typed(string text) => new(text, WildcardPattern.Get(text, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant));

    /// <summary>The name of an object.</summary>
    public static NamePattern Literal(string name) => new(name, null);

    /// <summary>Whether it stands for this name.</summary>
    public bool IsMatch(string name) => string.Equals(name, Text, StringComparison.OrdinalIgnoreCase) || _wildcard?.IsMatch(name) == true;

    /// <summary>Those that it stands for. An object's name is that of the one with the same case, where there is one.</summary>
    public T[] Choose<T>(IEnumerable<T> items, Func<T, string> nameOf)
    {
        T[] found = [.. items.Where(item => IsMatch(nameOf(item)))];
        T[] exact = _wildcard is null ? [.. found.Where(item => nameOf(item) == Text)] : [];
        return exact.Length > 0 ? exact : found;
    }
}
