using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>The credentials that systemd gives to a service (systemd.exec, LoadCredential=): files in a folder of its own.</summary>
internal static class CredentialFolder
{
    /// <summary>The variable that names the folder.</summary>
    public const string Variable = "CREDENTIALS_DIRECTORY";

    /// <summary>The key that names a credential, <c>{ credential: name }</c>.</summary>
    public const string Key = "credential";

    private const int MaxName = 255;

    /// <summary>Finds the file of a credential.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="context">Where errors go; none holds the text unless it can be a name. Where only the text is read, the name stands for
    /// the path.</param>
    /// <returns>The path, or null after an error. It is not checked whether the file exists.</returns>
    public static string? PathOf(ConfigNode node, ReadContext context)
    {
        if (node is not ScalarNode { IsNull: false } name || !IsName(name.Text))
        {
            context.Errors.Add(node.Place, "expected the name of a credential: 1 to 255 characters without / \\ : and control characters");
            return null;
        }
        if (context.RefersToNothing)
        {
            context.Errors.Add(node.Place, ReadContext.NoReference);
            return null;
        }
        context.Credentials.Add(name.Text);
        if (context.IsTextOnly) return name.Text;
        string? folder = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(folder) && Path.IsPathFullyQualified(folder)) return Path.Combine(folder, name.Text);
        context.Errors.Add(node.Place, string.IsNullOrEmpty(folder)
            ? $"there are no credentials: the environment variable {Variable} is not set; systemd sets it for a unit with LoadCredential="
            : $"the environment variable {Variable} is no absolute path", ConfigErrorKind.Machine);
        return null;
    }

    // As systemd takes them; a name never leads out of the folder.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxName && text is not ("." or "..") && !text.Any(c => c is '/' or '\\' or ':' || char.IsControl(c));
}
