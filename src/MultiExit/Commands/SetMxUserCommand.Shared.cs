using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Text.Json;
using MultiExit.Engine.Configuration.Editing;

namespace MultiExit.Commands;

/// <content>When and whether a user may log in, and the users of the top-level table.</content>
public sealed partial class SetMxUserCommand
{
    /// <summary>The user may not log in any more.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    public SwitchParameter Disable { get; set; }

    /// <summary>The user may log in again.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    public SwitchParameter Enable { get; set; }

    /// <summary>The end: a day, which counts to its end in UTC, or a time; <c>none</c>: it has no end.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [ValidateNotNullOrEmpty]
    public string? Expires { get; set; }

    /// <summary>The groups that it belongs to; none take it out of all.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [AllowEmptyCollection]
    public string[]? Group { get; set; }

    /// <summary>The client certificates that it is known by: <c>san</c>, <c>subject</c> or <c>sha256</c>, with one value or several; empty: by none.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [ValidateNotNull]
    public Hashtable? Certificate { get; set; }

    /// <summary>End its live sessions and carriers once the change is in force.</summary>
    [Parameter]
    public SwitchParameter Cut { get; set; }

    private bool SaysSomething => Disable || Enable || Expires is not null || Group is not null || Certificate is not null || Cut;

    // What stands at the user itself, in the table or in an inbound.
    private void AddIdentity(List<ConfigEdit> edits, string path, string[] settings)
    {
        string disabled = ConfigPath.Append(path, "disabled");
        if (Disable) edits.Add(ConfigEdit.Set(disabled, JsonSerializer.SerializeToElement(true)));
        else if (Enable && UserEdits.IsThere(settings, disabled)) edits.Add(ConfigEdit.Remove(disabled));
        if (UserEdits.Of(settings, ConfigPath.Append(path, "expires"), Expires) is { } expires) edits.Add(expires);
        if (UserEdits.Of(settings, ConfigPath.Append(path, "groups"), Group) is { } groups) edits.Add(groups);
        string certificate = ConfigPath.Append(path, "certificate");
        if (Certificate is { Count: > 0 })
            edits.Add(ConfigEdit.Set(certificate, JsonSerializer.SerializeToElement(UserEdits.Certificate(Certificate))));
        else if (Certificate is not null && UserEdits.IsThere(settings, certificate)) edits.Add(ConfigEdit.Remove(certificate));
    }

    // In place of what the user has: a hash where there is a hash. False after an error.
    private bool AddPassword(List<ConfigEdit> edits, SecureString secret, string path, string[] settings)
    {
        string hash = ConfigPath.Append(path, "password_hash");
        if (!UserEdits.IsThere(settings, hash))
        {
            edits.Add(ConfigEdit.Set(ConfigPath.Append(path, "password"), EditValue.TextOf(secret)));
            return true;
        }
        if (UserEdits.Hash(secret, out string made) is { } fault)
        {
            WriteError(NewError("HashNotMade", ErrorCategory.InvalidArgument, User, $"The user {User} has a `password_hash`, and no hash is made: {fault}."));
            return false;
        }
        edits.Add(ConfigEdit.Set(hash, made));
        return true;
    }

    // False after an error.
    private bool AddShared(List<ConfigEdit> edits, RunningServer server, string[] settings)
    {
        if (Inbound is not null)
        {
            WriteError(NewError("UserIsShared", ErrorCategory.InvalidArgument, User,
                $"The user {User} of the server {server.Name} is one of the top-level users, the same on all inbounds; leave -Inbound out."));
            return false;
        }
        string path = UserEdits.PathOf(User);
        if (Remove)
        {
            edits.AddRange(UserEdits.InLists(Await(server.Control.GetConfigJsonAsync), settings, User, _ => false));
            edits.Add(ConfigEdit.Remove(path));
            string limits = ConfigPath.Append("limits.users", User);
            if (UserEdits.IsThere(settings, limits)) edits.Add(ConfigEdit.Remove(limits));
            return true;
        }
        if (NewPassword is { } secret && !AddPassword(edits, secret, path, settings)) return false;
        AddIdentity(edits, path, settings);
        return true;
    }

    private string LimitsPathOf(bool isShared, string[] settings)
    {
        string named = ConfigPath.Append("limits.users", User), own = ConfigPath.Append(UserEdits.PathOf(User), "limits");
        return isShared && !UserEdits.IsThere(settings, named) ? own : named;
    }
}
