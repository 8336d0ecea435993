namespace MultiExit.Engine.Identity;

/// <summary>By what limits and quotas know a user of a back-end.</summary>
internal static class UserAccount
{
    // Stands in no name: neither the configuration nor a back-end may have control characters there.
    private const char Separator = '\u001f';

    // The back-end that all inbounds share; its users are those who had no back-end in their names before there could be several.
    private const string Common = "auth";

    /// <summary>That of a user.</summary>
    /// <param name="backEnd">The name of its back-end, <c>edge.auth</c>.</param>
    /// <param name="user">The user's name.</param>
    public static string Of(string backEnd, string user) => backEnd == Common ? user : backEnd + Separator + user;

    /// <summary>The name of its user.</summary>
    public static string NameOf(string account) => account[(account.IndexOf(Separator, StringComparison.Ordinal) + 1)..];
}
