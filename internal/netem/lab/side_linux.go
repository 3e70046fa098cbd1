package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// deviceName is what the link's device is called on both sides.
const deviceName = "netem0"

// A Side is a network namespace of its own: a machine as far as the network
// goes. Its only way out is the lab's link. Any goroutine may use it.
type Side struct {
	space  *os.File
	device *os.File
	addr   [4]byte
}

// newSide makes a namespace and sets its link's device and its loopback up.
func newSide(addr [4]byte) (*Side, error) {
	s := &Side{addr: addr}
	err := onThread(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("make a network namespace: %w", err)
		}
		if s.space, err = os.Open("/proc/thread-self/ns/net"); err != nil {
			return err
		}
		if s.device, err = openDevice(addr); err != nil {
			return err
		}
		return configure("lo", nil)
	})
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// IP returns the side's address.
func (s *Side) IP() string { return net.IP(s.addr[:]).String() }

// Space returns a file that stands for the namespace as long as the lab is
// open, for `nsenter --net=`.
func (s *Side) Space() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), s.space.Fd()) }

// Do runs f on a thread inside the namespace and returns its error. Sockets that
// f itself opens and processes that it starts are inside for good; goroutines
// that it starts are not inside. The thread ends with f, so a process must not
// have SysProcAttr.Pdeathsig, and f must not end a test.
func (s *Side) Do(f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(s.space.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter a network namespace: %w", err)
		}
		return f()
	})
}

// Listen is net.Listen on a port of the side's address, 0 for a free one.
func (s *Side) Listen(port int) (l net.Listener, err error) {
	err = s.Do(func() error {
		l, err = net.Listen("tcp4", fmt.Sprintf("%s:%d", s.IP(), port))
		return err
	})
	return l, err
}

// DialContext is net.Dialer's, from inside, to an address in numbers.
func (s *Side) DialContext(ctx context.Context, network, addr string) (conn net.Conn, err error) {
	err = s.Do(func() error {
		var d net.Dialer
		conn, err = d.DialContext(ctx, network, addr)
		return err
	})
	return conn, err
}

func (s *Side) close() {
	for _, f := range []*os.File{s.device, s.space} {
		if f != nil {
			_ = f.Close() // nothing was written that could be lost
		}
	}
}

// onThread runs f on a thread that ends with it, whatever f did to it.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // for good: another namespace must not leak into other goroutines
		done <- f()
	}()
	return <-done
}

// openDevice makes this namespace's end of the link: what the kernel routes to
// the other side is read from the file, what is written to it arrives here.
func openDevice(addr [4]byte) (*os.File, error) {
	const path = "/dev/net/tun"
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	req, err := unix.NewIfreq(deviceName)
	if err == nil {
		req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
	}
	if err == nil {
		err = configure(deviceName, &addr)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make %s: %w", deviceName, err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), path), nil // only now: the runtime could not wait on it before
}

// configure gives a device of this namespace its address, where there is one,
// and sets it up.
func configure(device string, addr *[4]byte) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	req, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	set := func(what uint) {
		if err == nil {
			err = unix.IoctlIfreq(fd, what, req)
		}
	}
	if addr != nil {
		_ = req.SetInet4Addr(addr[:]) // it is four bytes long
		set(unix.SIOCSIFADDR)
		_ = req.SetInet4Addr([]byte{255, 255, 255, 0})
		set(unix.SIOCSIFNETMASK)
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	set(unix.SIOCSIFFLAGS)
	return err
}
