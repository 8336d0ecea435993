using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>What the cmdlets share that write files.</summary>
public abstract class NewFileCommand : MxCommand
{
    // Errors are about the path that the user gave.
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <summary>Replace files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected string FullPath(string path) => FullPath(path, Force);

    private protected string FullPath(string path, bool replace)
    {
        string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        _given[full] = path;
        if (!replace && Path.Exists(full))
        {
            ThrowTerminatingError(NewError("FileExists", ErrorCategory.ResourceExists, path,
                $"The file '{full}' is there already; give -Force to replace it."));
        }
        return full;
    }

    private protected string Given(string full) => _given.GetValueOrDefault(full, full);

    private protected void Write(string file, Action<string> write)
    {
        try
        {
            write(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(NewError("FileNotWritten", ErrorCategory.WriteError, Given(file),
                $"The file '{file}' cannot be written: {exception.Message}", exception));
        }
    }
}
