using System.Globalization;
using System.Management.Automation;
using System.Security;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Probing;
using MultiExit.Engine.Protocols;

namespace MultiExit.Commands;

/// <summary>Test-MxTunnel: connects through a proxy, sends something, and shows the answer and the times of each step.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxTunnel")]
[OutputType(typeof(MxTunnelTest))]
[OutputType(typeof(Job))]
public sealed class TestMxTunnelCommand : MxCommand
{
    private readonly MemoryStream _data = new();
    private bool _isPiped;
    private bool _endsInText;

    /// <summary>The proxies, as URLs. Strings and not Uri: passwords and options are decoded here.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Through { get; set; } = [];

    /// <summary>The destination to ask the proxy for.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The bytes to send.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    /// <summary>The user and password at the proxy.</summary>
    [Parameter]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The token of an ECH tunnel.</summary>
    [Parameter]
    [SecretText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>The pre-shared key of a tunnel.</summary>
    [Parameter]
    [SecretText]
    [ValidateNotNull]
    public SecureString? PresharedKey { get; set; }

    /// <summary>End this side's direction after the bytes that are sent.</summary>
    [Parameter]
    public SwitchParameter HalfClose { get; set; }

    /// <summary>How long a test may take.</summary>
    [Parameter]
    [Duration(Min = "1ms", Max = "1h")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Test as a job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null) return;

        _isPiped = true;
        switch (InputObject is PSObject wrapped ? wrapped.BaseObject : InputObject)
        {
            case byte value:
                Add([value], isText: false);
                break;
            case byte[] values:
                Add(values, isText: false);
                break;
            case var other:
                Add(Encoding.UTF8.GetBytes(LanguagePrimitives.ConvertTo<string>(other)), isText: true);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!Engine.Protocols.Destination.TryParse(Destination, -1, out Destination? destination) || destination.Port == 0)
        {
            ThrowTerminatingError(NewError("InvalidDestination", ErrorCategory.InvalidArgument, Destination,
                $"'{Destination}' is no destination; expected host:port, such as www.example.com:80 or [2001:db8::1]:80."));
            return;
        }

        if (AsJob)
        {
            WriteJob((nameof(InputObject), _isPiped ? _data.ToArray() : null));
            return;
        }
        foreach (string through in Through)
            Test(through, destination);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _data.Dispose();
        base.Dispose(disposing);
    }

    private void Test(string through, Destination destination)
    {
        TunnelTestRequest request = new()
        {
            Through = through,
            FullPath = FullPath,
            Destination = destination,
            Login = SecretOf.Login(Credential),
            Token = SecretOf.Text(Token),
            TunnelKey = SecretOf.Text(PresharedKey),
            // A plain null would become an empty input.
            Data = _isPiped ? _data.ToArray() : default(ReadOnlyMemory<byte>?),
            HalfClose = HalfClose,
            Timeout = Timeout,
        };
        try
        {
            TunnelTestResult result = Await(token => TunnelTest.RunAsync(request, token));
            foreach (TunnelTestStep step in result.Steps)
                WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{step.Stage}: {step.Duration.TotalMilliseconds:0.0} ms {step.Detail}"));
            WriteObject(new MxTunnelTest(result));
        }
        catch (Exception exception) when (exception is ProxyException or MxException)
        {
            WriteError(NewError(exception, ShownUrl.Of(through)));
        }
    }

    // Lines of text come without their line ends.
    private void Add(ReadOnlySpan<byte> bytes, bool isText)
    {
        if (isText && _endsInText) _data.WriteByte((byte)'\n');
        _data.Write(bytes);
        _endsInText = isText;
    }
}
