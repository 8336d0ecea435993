using System.Management.Automation;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Commands;

/// <summary>New-MxEchKey: makes an ECH key of a server, its public config and the DNS record.</summary>
[Cmdlet(VerbsCommon.New, "MxEchKey", SupportsShouldProcess = true)]
[OutputType(typeof(MxEchKey))]
public sealed class NewMxEchKeyCommand : NewFileCommand
{
    // 64 keys have some 20 KiB.
    private const int MaxLength = 1 << 20;

    /// <summary>The server name that every observer sees.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string PublicName { get; set; } = "";

    /// <summary>The file of the private keys.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file of the public config.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>The names that the DNS records are for.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9_.-]{1,253}$")]
    public string[]? Name { get; set; }

    /// <summary>The number of the key.</summary>
    [Parameter]
    [ValidateRange(0, 255)]
    public int? ConfigId { get; set; }

    /// <summary>How many keys of the file stay behind the new one.</summary>
    [Parameter]
    [ValidateRange(0, 63)]
    public int Keep { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!EchKey.IsPublicName(PublicName))
        {
            ThrowTerminatingError(NewError("PublicNameInvalid", ErrorCategory.InvalidArgument, PublicName,
                $"'{PublicName}' is no host name; expected one such as hub.example, in ASCII and without a dot at its end."));
        }
        bool replace = Force || Keep > 0;
        string file = NewFile(Path, replace);
        string configFile = NewFile(ConfigPath ?? System.IO.Path.ChangeExtension(Path, ".config.pem"), replace);
        if (file == configFile)
        {
            ThrowTerminatingError(NewError("FileGivenTwice", ErrorCategory.InvalidArgument, Path,
                $"'{file}' is given for the keys and for the public config; expected two files."));
        }
        if (!ShouldProcess($"{file}, {configFile}", "Write ECH key and config")) return;

        EchKey key = Make(file);
        Write(replace, (file, key.KeyPem, true), (configFile, key.ConfigPem, false));
        WriteObject(new MxEchKey(file, configFile, key, (Name ?? [PublicName]).Select(name => name.TrimEnd('.'))));
    }

    private EchKey Make(string file)
    {
        try
        {
            string? earlier = Keep > 0 && File.Exists(file) ? Encoding.UTF8.GetString(RegularFile.Read(file, MaxLength)) : null;
            return EchKey.Create(PublicName, (byte?)ConfigId, earlier, Keep);
        }
        catch (ProxyException exception)
        {
            ThrowTerminatingError(NewError(exception, exception.Reason == ProxyError.InvalidConfiguration && ConfigId is { } id ? id : Path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(NewError("FileNotRead", ErrorCategory.ReadError, Path,
                $"The keys in '{file}' cannot be read: {exception.Message}", exception));
        }
        throw new InvalidOperationException("ThrowTerminatingError returned");
    }
}
