using System.Management.Automation;
using MultiExit.Engine.Tls;

namespace MultiExit.Commands;

/// <summary>New-MxCertificate: makes a certificate that signs itself, and its key, as PEM files.</summary>
[Cmdlet(VerbsCommon.New, "MxCertificate", DefaultParameterSetName = FolderSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxCertificate))]
public sealed class NewMxCertificateCommand : NewFileCommand
{
    private const string FolderSet = "Folder";
    private const string FilesSet = "Files";

    /// <summary>The host names and addresses it is for.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidatePattern("^[A-Za-z0-9_*.:-]{1,253}$")]
    public string[] Name { get; set; } = [];

    /// <summary>The folder, for cert.pem and key.pem.</summary>
    [Parameter(ParameterSetName = FolderSet, Position = 1)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>The file of the certificate.</summary>
    [Parameter(ParameterSetName = FilesSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>The file of the key.</summary>
    [Parameter(ParameterSetName = FilesSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>How long it holds.</summary>
    [Parameter]
    [ValidateRange(1, 36500)]
    public int Days { get; set; } = 365;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string certificate = NewFile(CertificatePath ?? System.IO.Path.Combine(Path, "cert.pem"));
        string key = NewFile(KeyPath ?? System.IO.Path.Combine(Path, "key.pem"));
        if (certificate == key)
        {
            ThrowTerminatingError(NewError("FileGivenTwice", ErrorCategory.InvalidArgument, key,
                $"'{key}' is given for the certificate and for its key; expected two files."));
        }
        if (Name.FirstOrDefault(name => !IsName(name)) is { } wrong)
        {
            ThrowTerminatingError(NewError("InvalidName", ErrorCategory.InvalidArgument, wrong,
                $"'{wrong}' is no name for a certificate; expected a host name (hub.example, *.hub.example) or an address."));
        }
        if (!ShouldProcess($"{certificate}, {key}", "Write certificate and key")) return;

        SelfSignedCertificate made = SelfSignedCertificate.Create(Name, TimeSpan.FromDays(Days), TimeProvider.System);
        Write(Force, (key, made.KeyPem + "\n", true), (certificate, made.CertificatePem + "\n", false));
        WriteObject(new MxCertificate(certificate, key, $"sha256:{made.Fingerprint}", made.NotAfter));
    }

    // RFC 6125 6.4.3: the star is the whole first label.
    private static bool IsName(string name) => Uri.CheckHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name)
        is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 && !name.AsSpan(1).Contains('*') && name != "*" && name != "-";
}
