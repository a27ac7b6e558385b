;; An HTTP service of WASI 0.2 that never answers. The tests put `trap` or `spin`
;; for BEHAVIOUR.
(component
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $response))
  (core module $service
    (func (export "trap") (param i32 i32) unreachable)
    (func (export "spin") (param i32 i32) (loop $forever (br $forever))))
  (core instance $service (instantiate $service))
  (func $handle (param "request" (own $request)) (param "response-out" (own $response))
    (canon lift (core func $service "BEHAVIOUR")))
  (instance $handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))
