using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Net;
using System.Security;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit;

/// <summary>Makes secrets of the engine of what PowerShell has.</summary>
internal static class SecretOf
{
    /// <summary>The text of a secure string; null for none.</summary>
    [return: NotNullIfNotNull(nameof(secret))]
    public static Secret? Text(SecureString? secret) => secret is null ? null : new Secret(new NetworkCredential("", secret).Password);

    /// <summary>The user and password of a credential; null for none, or for <c>[pscredential]::Empty</c>.</summary>
    public static UserConfig? Login(PSCredential? credential) =>
        string.IsNullOrEmpty(credential?.UserName) ? null : new UserConfig(credential.UserName, Text(credential.Password));
}
