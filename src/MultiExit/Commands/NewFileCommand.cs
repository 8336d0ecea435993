using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets that write files.</summary>
public abstract class NewFileCommand : MxCommand
{
    // Errors are about the path that the user gave.
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <summary>Replace files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The full path of a file that is to be written; ends the cmdlet when it is there and may not be replaced.</summary>
    private protected string NewFile(string path) => NewFile(path, Force);

    /// <inheritdoc cref="NewFile(string)"/>
    private protected string NewFile(string path, bool replace)
    {
        string full = OrEnd(path, () => FullPath(path));
        _given[full] = path;
        if (!replace && Path.Exists(full))
        {
            ThrowTerminatingError(NewError("FileExists", ErrorCategory.ResourceExists, path,
                $"The file '{full}' is there already; give -Force to replace it."));
        }
        return full;
    }

    /// <summary>The path as the user gave it.</summary>
    private protected string Given(string full) => _given.GetValueOrDefault(full, full);

    /// <summary>Writes files, all or none; ends the cmdlet when one cannot be written.</summary>
    private protected void Write(bool replace, params ReadOnlySpan<(string Path, string Text, bool IsPrivate)> contents)
    {
        FileSet files = new(replace);
        foreach ((string path, string text, bool isPrivate) in contents) files.Add(path, text, isPrivate);
        try
        {
            files.Write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(NewError("FileNotWritten", ErrorCategory.WriteError, Given(files.Current),
                $"The file '{files.Current}' cannot be written: {exception.Message}", exception));
        }
    }
}
