using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>What the cmdlets share that write files.</summary>
public abstract class NewFileCommand : MxCommand
{
    /// <summary>Replace files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected string FullPath(string path) => FullPath(path, Force);

    private protected string FullPath(string path, bool replace)
    {
        string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        if (!replace && Path.Exists(full))
        {
            ThrowTerminatingError(NewError("FileExists", ErrorCategory.ResourceExists, full,
                $"The file '{full}' is there already; give -Force to replace it."));
        }
        return full;
    }

    private protected void Write(string file, Action<string> write)
    {
        try
        {
            write(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(NewError("FileNotWritten", ErrorCategory.WriteError, file,
                $"The file '{file}' cannot be written: {exception.Message}", exception));
        }
    }
}
