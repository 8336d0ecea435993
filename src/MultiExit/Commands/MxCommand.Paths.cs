using System.Management.Automation;

namespace MultiExit.Commands;

/// <content>Paths of files. All are relative to the location of the session ($PWD), never to the current folder of the process.</content>
public abstract partial class MxCommand
{
    private protected const string PathNotFound = nameof(PathNotFound);
    private const string NotAFile = nameof(NotAFile);

    /// <summary>The error of a path; the text in place of a path may be a URL with a password, which comes back in the message in other
    /// forms.</summary>
    private protected static ErrorRecord NewError(MxException own, object? target)
    {
        ErrorCategory category = own.Reason == PathNotFound ? ErrorCategory.ObjectNotFound : ErrorCategory.InvalidArgument;
        object? shown = Shown(target);
        return ReferenceEquals(shown, target) ? NewRecord(own, category, target)
            : NewError(own.Reason, category, shown, $"'{(shown is string[] texts ? string.Join(", ", texts) : shown)}' is not the path of a file.");
    }

    /// <summary>The result of <paramref name="work"/>; a failure ends the cmdlet with an error about the target.</summary>
    private protected T OrEnd<T>(object? target, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            ThrowTerminatingError(NewError(exception, target));
            throw;
        }
    }

    /// <summary>The full path of one file or folder, as it is written; it need not be there.</summary>
    /// <exception cref="MxException">The path is not in the file system, or its drive does not exist.</exception>
    private protected string FullPath(string path)
    {
        string full = FullLiteralPath(path);
        // Completion writes odd[1].yaml as odd`[1`].yaml.
        return path.Contains('`', StringComparison.Ordinal) && !Path.Exists(full) ? FullLiteralPath(WildcardPattern.Unescape(path)) : full;
    }

    /// <summary>The full path of a file that is there.</summary>
    /// <exception cref="MxException">The path is not in the file system, or there is no such file.</exception>
    private protected string ExistingFile(string path) =>
        FullPath(path) is var full && File.Exists(full) ? full : throw new MxException(PathNotFound, $"There is no file '{full}'.");

    /// <summary>Whether a text, as it is written, is the path of a file that is there.</summary>
    private protected bool IsFile(string text)
    {
        try
        {
            return File.Exists(FullPath(text));
        }
        catch (MxException)
        {
            return false;
        }
    }

    /// <summary>The full path of a folder that is there.</summary>
    /// <exception cref="MxException">The path is not in the file system, or there is no such folder.</exception>
    private protected string ExistingFolder(string path) =>
        FullPath(path) is var full && Directory.Exists(full) ? full : throw new MxException(PathNotFound, $"There is no folder '{full}'.");

    /// <summary>The files of a path, with wildcards unless it is literal; a path that is not one of a file is an error of its own.</summary>
    /// <param name="path">The path.</param>
    /// <param name="literal">Whether wildcard characters stand for themselves.</param>
    /// <param name="mustMatch">Whether wildcards that match no file are an error as well: a check that looked at nothing must not pass.</param>
    private protected IReadOnlyList<string> ResolveFiles(string path, bool literal, bool mustMatch = false)
    {
        try
        {
            IReadOnlyList<string> files = literal ? [FullLiteralPath(path)] : ResolveWildcards(path);
            return files.Count > 0 || !mustMatch ? files : throw new MxException(PathNotFound, $"No file matches '{path}'.");
        }
        catch (MxException exception)
        {
            WriteError(NewError(exception, path));
            return [];
        }
    }

    private string FullLiteralPath(string path) => Ask(path, () =>
    {
        string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return (InFileSystem(full), provider);
    });

    private IReadOnlyList<string> ResolveWildcards(string path) => Ask<IReadOnlyList<string>>(path, () =>
        ([.. SessionState.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider).Select(InFileSystem)], provider));

    // FileSystem::name comes back as it was.
    private string InFileSystem(string full) =>
        Path.IsPathRooted(full) ? full : Path.GetFullPath(full, SessionState.Path.CurrentProviderLocation("FileSystem").ProviderPath);

    private static T Ask<T>(string path, Func<(T Paths, ProviderInfo Provider)> resolve)
    {
        try
        {
            (T paths, ProviderInfo provider) = resolve();
            return provider.Name == "FileSystem" ? paths : throw new MxException(NotAFile,
                $"'{path}' is not in the file system but in the provider {provider.Name}; expected the path of a file.");
        }
        catch (Exception exception)
            when (exception is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw new MxException(PathNotFound, exception.Message, exception);
        }
        // A path of another provider may have a form that this provider refuses.
        catch (Exception exception)
            when (exception is PSNotSupportedException or PSInvalidOperationException or PSArgumentException or ProviderInvocationException)
        {
            throw new MxException(NotAFile, $"'{path}' is not the path of a file: {exception.Message}", exception);
        }
    }
}
