namespace MultiExit.Engine.Services;

/// <summary>The names of services, which are instances of one template unit (systemd.unit(5)).</summary>
public static class ServiceNames
{
    /// <summary>The template.</summary>
    public const string Template = "multiexit@.service";

    /// <summary>The template of their sockets.</summary>
    public const string SocketTemplate = "multiexit@.socket";

    private const string Prefix = "multiexit@";
    private const string Suffix = ".service";
    private const int MaxLength = 64;

    /// <summary>Whether a text can name an instance: 1 to 64 letters of ASCII, digits, <c>_</c>, <c>.</c> and <c>-</c>, the first no dot or dash. A dash is not
    /// escaped by systemd where the name is given as it is, and stands for itself in <c>%i</c>.</summary>
    public static bool IsValid(string name) => name is { Length: > 0 and <= MaxLength } && name[0] is not ('.' or '-')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>The unit of an instance.</summary>
    public static string UnitOf(string name) => $"{Prefix}{name}{Suffix}";

    /// <summary>The unit of an instance's sockets.</summary>
    public static string SocketUnitOf(string name) => $"{Prefix}{name}.socket";

    /// <summary>The instance of a unit; null where it is no instance of the template.</summary>
    public static string? NameOf(string unit) =>
        unit.StartsWith(Prefix, StringComparison.Ordinal) && unit.EndsWith(Suffix, StringComparison.Ordinal) && unit[Prefix.Length..^Suffix.Length] is var name
        && IsValid(name) ? name : null;
}
