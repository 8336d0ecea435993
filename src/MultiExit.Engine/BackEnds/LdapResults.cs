using System.Globalization;
using MultiExit.Engine.Protocols.Ldap;

namespace MultiExit.Engine.BackEnds;

/// <summary>What the results of a directory mean for a login.</summary>
internal static class LdapResults
{
    /// <summary>Whether the result of a bind says that the user does not come in. With any other the directory says nothing of the user.</summary>
    public static bool IsDenial(LdapResultCode code) => code is LdapResultCode.InvalidCredentials
        // An entry without a password; one that is locked or whose password has ended, as some directories say it; one that has gone meanwhile.
        or LdapResultCode.InappropriateAuthentication or LdapResultCode.ConstraintViolation or LdapResultCode.UnwillingToPerform
        or LdapResultCode.NoSuchObject or LdapResultCode.InvalidDnSyntax;

    /// <summary>Whether a result says that the directory can answer nobody now. With any other it answers, and others may get another answer.</summary>
    public static bool IsOutage(LdapResultCode code) => code is LdapResultCode.Busy or LdapResultCode.Unavailable or LdapResultCode.TimeLimitExceeded;

    /// <summary>A result for people.</summary>
    public static string Describe(LdapResultCode code, string text)
    {
        string word = string.Create(CultureInfo.InvariantCulture, $"result {(int)code}");
        if (Enum.IsDefined(code)) word += $", {code}";
        return text.Length == 0 ? word : $"{word}: {text}";
    }
}
